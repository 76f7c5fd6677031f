//! Time, as the engine sees it: given from outside, so that tests can move it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

/// A moment of a [`Clock`]: nanoseconds since the clock was made. Moments of two clocks say nothing of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last moment, after 584 years, which stands for never.
    pub(crate) const NEVER: Self = Self(u64::MAX);

    /// The moment so many nanoseconds after the clock was made.
    #[must_use]
    pub fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the clock was made.
    #[must_use]
    pub fn as_nanos(self) -> u64 {
        self.0
    }

    /// The moment so much later; stops at the last one, after 584 years.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos_of(duration)))
    }

    /// How much later this moment is than `earlier`; zero if it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

fn nanos_of(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// What time it is.
pub trait Clock: Send + Sync + 'static {
    /// Now; never goes back.
    fn now(&self) -> Timestamp;

    /// Now, on the wall. Seeds versions at the start; afterwards only for what is given as a date.
    fn wall(&self) -> SystemTime;
}

/// The clock of the operating system. A reading costs some 25 ns.
#[derive(Debug, Clone)]
pub struct SystemClock(Instant);

impl SystemClock {
    /// A clock that starts now.
    #[must_use]
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(nanos_of(self.0.elapsed()))
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    started: SystemTime,
    elapsed: AtomicU64,
}

impl ManualClock {
    /// A clock that stands at this wall time.
    #[must_use]
    pub fn new(started: SystemTime) -> Arc<Self> {
        Arc::new(Self { started, elapsed: AtomicU64::new(0) })
    }

    /// Moves it forward.
    pub fn advance(&self, duration: Duration) {
        self.elapsed.fetch_add(nanos_of(duration), Ordering::SeqCst);
    }
}

/// Stands at 2025-01-01 UTC.
impl Default for ManualClock {
    fn default() -> Self {
        let started = SystemTime::UNIX_EPOCH + Duration::from_secs(1_735_689_600);
        Self { started, elapsed: AtomicU64::new(0) }
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.elapsed.load(Ordering::SeqCst))
    }

    fn wall(&self) -> SystemTime {
        self.started + self.now().since(Timestamp::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::default());
        clock.advance(Duration::from_secs(3));
        assert_eq!(clock.now().as_nanos(), 3_000_000_000);
        assert_eq!(clock.wall(), SystemTime::UNIX_EPOCH + Duration::from_secs(3));
    }

    #[test]
    fn a_system_clock_does_not_go_back() {
        let clock = SystemClock::new();
        let earlier = clock.now();
        assert!(clock.now() >= earlier);
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        let end = Timestamp::from_nanos(u64::MAX);
        assert_eq!(end.after(Duration::MAX), end);
        assert_eq!(Timestamp::default().since(end), Duration::ZERO);
    }
}
