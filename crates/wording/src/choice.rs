//! Enums of the contract as options: one that is unknown is told with the names of those that are allowed.
//!
//! Promise: callers of both services read names, never numbers that they would have to look up; the unspecified value, which stands for the
//! default, is not among them. Cost: none for a value that is known.

use chassis::Failure;

/// The value of an enum of the contract; an unknown one is `OPTION_INVALID`, as [`refused`] says it.
pub fn known<E: TryFrom<i32>>(
    option: &'static str,
    value: i32,
    name: fn(&E) -> &'static str,
) -> Result<E, Failure> {
    E::try_from(value).map_err(|_| refused(option, value, &names(name)))
}

/// A value that is none of those `allowed`; zero is one that was not given.
pub fn refused(option: &'static str, value: i32, allowed: &[&str]) -> Failure {
    let given = if value == 0 { "not set".to_owned() } else { value.to_string() };
    let allowed = allowed.join(", ");
    Failure::invalid("OPTION_INVALID", format!("{option} is {given}; allowed: {allowed}"))
        .with("option", option)
        .with("allowed", allowed)
}

/// The values of an enum but for the unspecified one, with their names in the contract. They are numbered without a gap.
pub fn named<E: TryFrom<i32>>(name: fn(&E) -> &'static str) -> Vec<(i32, &'static str)> {
    (1..).map_while(|value| E::try_from(value).ok().map(|one| (value, name(&one)))).collect()
}

/// Their names alone.
pub fn names<E: TryFrom<i32>>(name: fn(&E) -> &'static str) -> Vec<&'static str> {
    named(name).into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use fastjson_proto::rustcache::v1::TakeMode;

    use super::*;

    #[track_caller]
    fn check(value: i32, expected: Result<TakeMode, &str>) {
        let found = known("mode", value, TakeMode::as_str_name);
        assert_eq!(found.map_err(|failure| failure.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn an_unknown_number_is_told_the_names() {
        check(2, Ok(TakeMode::All));
        check(0, Ok(TakeMode::Unspecified));
        let refused = |number: &str| {
            format!("OPTION_INVALID: mode is {number}; allowed: TAKE_MODE_EACH, TAKE_MODE_ALL")
        };
        check(3, Err(&refused("3")));
        check(-1, Err(&refused("-1")));
    }
}
