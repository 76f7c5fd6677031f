//! A cache of one key that does one call at a time; nothing expires and nothing is thrown out.

/// On what a write depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Nothing.
    Always,
    /// That there is no entry.
    IfAbsent,
    /// That the entry has this version.
    IfVersion(u64),
}

/// What a caller asks; values are whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// The entry.
    Get,
    /// To write it.
    Set(i64, Condition),
    /// To add to it.
    Increment(i64),
    /// To remove it.
    Delete(Condition),
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answered {
    /// A value and its version.
    Found(i64, u64),
    /// There is no entry.
    Missing,
    /// Written, with this version.
    Stored(u64),
    /// The condition did not hold: the version that is there, if there is one.
    Conflict(Option<u64>),
    /// The counter and its new version.
    Counted(i64, u64),
    /// Removed; it had this version.
    Deleted(u64),
}

/// What the cache holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct State {
    /// Value and version.
    held: Option<(i64, u64)>,
    /// The largest version so far, which no later one may reach.
    last: u64,
}

impl State {
    /// What it holds after this call, if that could be its answer.
    pub(super) fn step(self, asked: Asked, answered: Answered) -> Option<State> {
        match asked {
            Asked::Get => (answered == self.read()).then_some(self),
            Asked::Set(value, condition) => match answered {
                Answered::Stored(version) if self.allows(condition) => self.put(value, version),
                Answered::Conflict(current) if !self.allows(condition) => self.is_at(current),
                _ => None,
            },
            Asked::Increment(by) => match answered {
                Answered::Counted(value, version) if value == self.value() + by => self.put(value, version),
                _ => None,
            },
            Asked::Delete(condition) => match (self.held, answered) {
                (None, Answered::Missing) => Some(self),
                (Some((_, version)), Answered::Deleted(was)) if was == version && self.allows(condition) => {
                    Some(State { held: None, ..self })
                }
                (Some(_), Answered::Conflict(current)) if !self.allows(condition) => self.is_at(current),
                _ => None,
            },
        }
    }

    fn read(self) -> Answered {
        self.held.map_or(Answered::Missing, |(value, version)| Answered::Found(value, version))
    }

    /// What an addition counts from.
    fn value(self) -> i64 {
        self.held.map_or(0, |(value, _)| value)
    }

    fn version(self) -> Option<u64> {
        self.held.map(|(_, version)| version)
    }

    fn allows(self, condition: Condition) -> bool {
        match condition {
            Condition::Always => true,
            Condition::IfAbsent => self.held.is_none(),
            Condition::IfVersion(version) => self.version() == Some(version),
        }
    }

    fn put(self, value: i64, version: u64) -> Option<State> {
        (version > self.last).then_some(State { held: Some((value, version)), last: version })
    }

    fn is_at(self, current: Option<u64>) -> Option<State> {
        (self.version() == current).then_some(self)
    }
}
