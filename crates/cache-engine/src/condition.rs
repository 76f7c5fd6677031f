//! On what a write or a removal depends.

use crate::Version;

/// On what a write or a removal depends. An expired entry counts as absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Condition {
    /// On nothing.
    #[default]
    Always,
    /// On there being no entry.
    IfAbsent,
    /// On there being an entry.
    IfPresent,
    /// On the entry having this version.
    IfVersion(Version),
}

impl Condition {
    /// Whether it holds for what is there now.
    #[must_use]
    pub fn holds(self, current: Current) -> bool {
        match (self, current) {
            (Self::Always, _) => true,
            (Self::IfAbsent, current) => current == Current::Missing,
            (Self::IfPresent, current) => current != Current::Missing,
            (Self::IfVersion(wanted), current) => current == Current::Version(wanted),
        }
    }
}

/// What is there now, for a caller whose condition did not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Current {
    /// An entry of this version.
    Version(Version),
    /// No entry.
    Missing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_against_each_state() {
        let one = Version::new(1).unwrap();
        let two = Version::new(2).unwrap();
        let check = |condition: Condition, expected: [bool; 2]| {
            let states = [Current::Missing, Current::Version(one)];
            assert_eq!(states.map(|current| condition.holds(current)), expected, "{condition:?}");
        };
        check(Condition::Always, [true, true]);
        check(Condition::IfAbsent, [true, false]);
        check(Condition::IfPresent, [false, true]);
        check(Condition::IfVersion(one), [false, true]);
        check(Condition::IfVersion(two), [false, false]);
    }
}
