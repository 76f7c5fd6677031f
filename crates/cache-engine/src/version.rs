//! Versions: the number that every write gets.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use crate::Error;

/// The version of an entry: 1 to 2^53 - 1, so that every JSON reader keeps it exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u64);

impl Version {
    /// The largest version.
    pub const MAX: u64 = (1 << 53) - 1;

    /// Checks a number that a caller gave.
    ///
    /// # Errors
    /// [`Error::VersionInvalid`].
    pub fn new(number: u64) -> Result<Self, Error> {
        if !(1..=Self::MAX).contains(&number) {
            return Err(Error::VersionInvalid { allowed: Self::MAX, actual: number });
        }
        Ok(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the versions of one namespace come from: the microseconds since 2020 at the start of the process, then one
/// more for each write.
///
/// The arithmetic: 2^53 us are 285 years, so the seed stays far below 2^53. The next start is seeded above all that
/// was used as long as a process writes fewer than one million entries a second **on average over its life** and as
/// long as the wall clock was not set back in between. If it was set back by d, versions of the last d of the
/// earlier process can be given again; a caller that holds such an old version over the restart could then pass an
/// `if_version` that it should not. While a process lives the wall clock plays no part.
#[derive(Debug)]
pub(crate) struct VersionSource(AtomicU64);

/// So many versions are left out behind the end that a snapshot names, for what the process wrote after it: as many as it
/// can give in 71 minutes of a million writes a second. 2^53 leaves room for two million such restarts.
const RESERVE: u64 = 1 << 32;

/// No process begins above this: then there are 2^52 to give.
const LAST_SEED: u64 = 1 << 52;

const SECONDS_FROM_1970_TO_2020: u64 = 1_577_836_800;

impl VersionSource {
    /// Seeds from wall time; a time before 2020 gives 1, one after 2162 gives that of 2162 (2^52).
    pub(crate) fn seeded(wall: SystemTime) -> Self {
        let epoch = SystemTime::UNIX_EPOCH + Duration::from_secs(SECONDS_FROM_1970_TO_2020);
        let micros = wall.duration_since(epoch).map_or(0, |since| since.as_micros());
        Self(AtomicU64::new(u64::try_from(micros).unwrap_or(u64::MAX).clamp(1, LAST_SEED)))
    }

    /// Gives nothing that was given by an earlier process, of which a snapshot says that it had come to `end`, also if
    /// the wall clock was set back; see [`RESERVE`].
    pub(crate) fn resume(&self, end: u64) {
        let above = end.saturating_add(RESERVE).min(LAST_SEED);
        self.0.fetch_max(above, Ordering::Relaxed);
    }

    /// The same, but not below `floor`, where another source has ended.
    pub(crate) fn seeded_above(wall: SystemTime, floor: u64) -> Self {
        let source = Self::seeded(wall);
        source.raise(floor);
        source
    }

    /// Gives nothing below `floor` from now on.
    pub(crate) fn raise(&self, floor: u64) {
        self.0.fetch_max(floor, Ordering::Relaxed);
    }

    /// The number of the next version, which a source that follows this one may begin with once this one is at rest.
    pub(crate) fn end(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// A version that was not given before. Relaxed is enough: that it is unique needs no order with other memory,
    /// and writes of one key are ordered by the lock under which they ask.
    pub(crate) fn next(&self) -> Version {
        Version(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_1_to_2_to_the_53() {
        let invalid = |actual| Err(Error::VersionInvalid { allowed: 9_007_199_254_740_991, actual });
        assert_eq!(Version::new(0), invalid(0));
        assert_eq!(Version::new(1).unwrap().get(), 1);
        assert_eq!(Version::new(Version::MAX).unwrap().to_string(), "9007199254740991");
        assert_eq!(Version::new(1 << 53), invalid(1 << 53));
    }

    fn check_seed(seconds_since_1970: u64, expected: u64) {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds_since_1970);
        let source = VersionSource::seeded(wall);
        assert_eq!((source.next().get(), source.next().get()), (expected, expected + 1));
    }

    #[test]
    fn a_source_goes_on_above_what_an_earlier_process_gave_though_the_clock_was_set_back() {
        let earlier = VersionSource::seeded(
            SystemTime::UNIX_EPOCH + 2 * Duration::from_secs(SECONDS_FROM_1970_TO_2020),
        );
        let source = VersionSource::seeded(SystemTime::UNIX_EPOCH);
        source.resume(earlier.end());
        let after_the_snapshot: Vec<Version> = (0..1_000).map(|_| earlier.next()).collect();
        assert!(source.next() > after_the_snapshot[999]);
        let later = source.end();
        source.resume(1);
        assert_eq!(source.end(), later.max(1 + RESERVE));
        source.resume(u64::MAX);
        assert_eq!(source.next().get(), later.max(LAST_SEED));
    }

    #[test]
    fn the_seed_is_the_microseconds_since_2020() {
        check_seed(0, 1);
        check_seed(SECONDS_FROM_1970_TO_2020, 1);
        check_seed(SECONDS_FROM_1970_TO_2020 + 5, 5_000_000);
        check_seed(SECONDS_FROM_1970_TO_2020 * 10, 1 << 52);
    }
}
