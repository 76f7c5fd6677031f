//! Whether a program printed what a text says: `…` stands for any characters of a line, alone on a line for any lines.

const ANYTHING: char = '…';

/// `None` when it did, else both sides to look at. Blanks at the ends of lines and of the whole do not count.
pub(super) fn difference(expected: &[String], printed: &str) -> Option<String> {
    let expected = tidy_lines(expected.iter().map(String::as_str));
    let got = tidy_lines(printed.lines());
    if matches(&expected, &got) {
        return None;
    }
    Some(format!("the text says:\n{}\nit printed:\n{}", indent(&expected), indent(&got)))
}

fn tidy_lines<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut lines: Vec<&str> = lines.map(str::trim_end).collect();
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    lines.truncate(end);
    lines
}

fn matches(expected: &[&str], got: &[&str]) -> bool {
    let Some((first, rest)) = expected.split_first() else { return got.is_empty() };
    if first.trim() == "…" {
        return (0..=got.len()).any(|skipped| matches(rest, &got[skipped..]));
    }
    match got.split_first() {
        Some((line, others)) => line_matches(first, line) && matches(rest, others),
        None => false,
    }
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let Some((head, tail)) = pattern.split_once(ANYTHING) else { return pattern == line };
    let Some(rest) = line.strip_prefix(head) else { return false };
    rest.char_indices()
        .map(|(index, _)| index)
        .chain([rest.len()])
        .any(|index| line_matches(tail, &rest[index..]))
}

fn indent(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::difference;

    fn check(expected: &[&str], printed: &str, same: bool) {
        let expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(difference(&expected, printed).is_none(), same, "{expected:?} against {printed:?}");
    }

    #[test]
    fn lines_are_compared() {
        check(&["a", "b"], "a\nb\n", true);
        check(&["a", "b"], "a\n", false);
        check(&["a"], "a\nb\n", false);
        check(&[], "", true);
        check(&[], "a", false);
        check(&["a", ""], "a  \n\n", true);
    }

    #[test]
    fn anything_within_a_line() {
        check(&["took … ms"], "took 12 ms", true);
        check(&["took … ms"], "took 12 s", false);
        check(&["…:… x …"], "127.0.0.1:50051 x é", true);
        check(&["v…"], "v", true);
    }

    #[test]
    fn any_lines() {
        check(&["a", "…", "d"], "a\nb\nc\nd", true);
        check(&["a", "…", "d"], "a\nd", true);
        check(&["…"], "", true);
        check(&["a", "…", "d"], "a\nb\nc", false);
    }

    #[test]
    fn both_sides_are_shown() {
        let told = difference(&["a".to_owned()], "b").unwrap();
        assert!(told.contains("    a") && told.contains("    b"), "{told}");
    }
}
