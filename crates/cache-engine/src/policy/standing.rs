//! What the policy thinks of an entry, for whoever asks why it is there.

use std::time::Duration;

use super::{
    Policy,
    order::{Handle, List},
};

/// In which part of the room an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Among the fresh ones. With [`PolicyKind::Lru`](super::PolicyKind::Lru) all are.
    Window,
    /// Admitted, and the first to go unless it is used again.
    Probation,
    /// Used since it was admitted.
    Protected,
}

/// Whether an entry would stay if room were needed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// There is room: nobody has to go.
    NothingToDecide,
    /// It would: others are worth less, or are before it.
    Stays,
    /// It would go.
    Goes,
}

/// What the policy thinks of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where it is.
    pub segment: Segment,
    /// How often it was used lately, 0 to 15; `None`: this policy does not count.
    pub frequency: Option<u32>,
    /// About how long it took to make; `None`: not known.
    pub cost: Option<Duration>,
    /// The same as `frequency`, of the next one to go.
    pub victim_frequency: Option<u32>,
    /// What would become of it if another one of its weight came.
    pub verdict: Verdict,
}

impl<T> Policy<T> {
    /// What it thinks of an entry; `None`: there is none. Costs a look at 16 others.
    #[must_use]
    pub fn standing(&self, of: Handle) -> Option<Standing> {
        self.room.hash(of)?;
        let sketch = self.adaptive.as_ref().map(|adaptive| &adaptive.sketch);
        let frequency = |of| sketch.map(|sketch| self.room.uses(of, sketch));
        let victim = self.room.next_to_go(self.room.weight(of), sketch);
        let is_full = !self.refuses && self.is_full_for(self.room.weight(of));
        let verdict = match victim {
            Some(victim) if is_full && victim == of => Verdict::Goes,
            Some(_) if is_full => Verdict::Stays,
            Some(_) | None => Verdict::NothingToDecide,
        };
        let segment = match self.room.list(of) {
            List::Window => Segment::Window,
            List::Probation => Segment::Probation,
            List::Protected => Segment::Protected,
        };
        Some(Standing {
            cost: self.room.cost(of).time(),
            segment,
            frequency: frequency(of),
            victim_frequency: victim.and_then(frequency),
            verdict,
        })
    }
}
