//! Names of columns as paths: `user.tags.0`.
//!
//! Parts are joined by dots. A part that is a plain number names an element, if the numbers under one parent are 0, 1, 2 …
//! in this order and nothing else is there; else it is a key. `\` before any character makes it a plain one, so `a\.b` is
//! the key `a.b`, and `a.\0` the key `0` of the object `a`.

/// One part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) key: String,
    /// The element that it may name.
    pub(super) index: Option<usize>,
}

/// The parts of `name`; the first is never an element, since rows are objects.
pub(super) fn parse(name: &str) -> Vec<Part> {
    let mut parts = Vec::with_capacity(1);
    let (mut key, mut escaped) = (String::new(), false);
    let mut characters = name.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                escaped = true;
                key.push(characters.next().unwrap_or('\\'));
            }
            '.' => {
                parts.push(part(std::mem::take(&mut key), escaped || parts.is_empty()));
                escaped = false;
            }
            other => key.push(other),
        }
    }
    let is_key = escaped || parts.is_empty();
    parts.push(part(key, is_key));
    parts
}

fn part(key: String, is_key: bool) -> Part {
    let index = if is_key { None } else { crate::pointer::index(&key) };
    Part { key, index }
}

/// The path of the member `key` of what `parent` names; `None` is the row.
pub(super) fn member(parent: Option<&str>, key: &str) -> String {
    let mut path = parent.map_or(String::new(), |parent| format!("{parent}."));
    if parent.is_some() && crate::pointer::index(key).is_some() {
        path.push('\\');
    }
    for character in key.chars() {
        if let '.' | '\\' = character {
            path.push('\\');
        }
        path.push(character);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &[(&str, Option<usize>)]) {
        let parts: Vec<_> =
            expected.iter().map(|(key, index)| Part { key: (*key).to_owned(), index: *index }).collect();
        assert_eq!(parse(name), parts, "{name}");
    }

    #[test]
    fn paths() {
        check("", &[("", None)]);
        check("a", &[("a", None)]);
        check("0", &[("0", None)]);
        check("a.b.10", &[("a", None), ("b", None), ("10", Some(10))]);
        check(r"a\.b.\0.01", &[("a.b", None), ("0", None), ("01", None)]);
        check(r"a\", &[("a\\", None)]);
        check("a.", &[("a", None), ("", None)]);
    }
}
