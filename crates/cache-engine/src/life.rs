//! The life of an entry: when it ends, and from when on it is stale.

use std::{
    hash::{Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use crate::{Error, MAX_TTL, Timestamp, Ttl, ttl};

/// A date on the wall and how far off it was. Two are equal when the date is: a request that is sent again is the same.
#[derive(Debug, Clone, Copy)]
struct Date {
    at: SystemTime,
    left: Duration,
}

impl PartialEq for Date {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Date {}

impl Hash for Date {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.at.hash(state);
    }
}

/// How long an entry is to live: until an end, as long as it is used, or both, whichever is over first.
///
/// All durations are checked when they are given: above zero and at most [`MAX_TTL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Life {
    ttl: Ttl,
    date: Option<Date>,
    sliding: Option<Duration>,
    jitter: Option<Duration>,
    fresh_for: Option<Duration>,
}

impl From<Ttl> for Life {
    fn from(ttl: Ttl) -> Self {
        Self { ttl, ..Self::default() }
    }
}

impl Life {
    /// Ends it at a date, `left` from now.
    ///
    /// # Errors
    /// [`Error::TtlInvalid`].
    pub fn until(at: SystemTime, left: Duration) -> Result<Self, Error> {
        Ok(Self { date: Some(Date { at, left: ttl::check(left)? }), ..Self::default() })
    }

    /// Ends it this long after the last read or write. Then the default of the namespace does not apply: it ends by
    /// `ttl` only if one was given.
    ///
    /// # Errors
    /// [`Error::TtlInvalid`].
    pub fn sliding(self, idle: Duration) -> Result<Self, Error> {
        Ok(Self { sliding: Some(ttl::check(idle)?), ..self })
    }

    /// Takes up to so much off its time to live, at random, so that entries written together do not end together.
    ///
    /// # Errors
    /// [`Error::TtlInvalid`]; [`Error::LifeInvalid`] if it is not below the time to live.
    pub fn jitter(self, most: Duration) -> Result<Self, Error> {
        match self.own_length() {
            Some(ttl) if most >= ttl => {
                Err(Error::LifeInvalid { part: "jitter", relation: "below", ttl, actual: most })
            }
            Some(_) | None => Ok(Self { jitter: Some(ttl::check(most)?), ..self }),
        }
    }

    /// Makes it stale after so long: it is still served, and one reader is told to refresh it.
    ///
    /// # Errors
    /// [`Error::TtlInvalid`]; [`Error::LifeInvalid`] if it is above the time to live, behind which nothing is served. Not if it is
    /// above what is left until a date: a request that is sent again later is the same.
    pub fn fresh_for(self, fresh: Duration) -> Result<Self, Error> {
        match self.ttl {
            Ttl::After(ttl) if self.date.is_none() && fresh > ttl => {
                Err(Error::LifeInvalid { part: "fresh_for", relation: "at most", ttl, actual: fresh })
            }
            Ttl::After(_) | Ttl::NamespaceDefault => Ok(Self { fresh_for: Some(ttl::check(fresh)?), ..self }),
        }
    }

    /// Whether it needs no more than an end.
    pub(crate) fn is_plain(&self) -> bool {
        self.sliding.is_none() && self.fresh_for.is_none()
    }

    /// Begins it now.
    pub(crate) fn begin(&self, now: Timestamp, default_ttl: Option<Duration>, dice: &Dice) -> Span {
        let default = if self.sliding.is_some() { None } else { default_ttl };
        let length = self.own_length().or(default);
        let shortened = length.map(|length| length - self.taken_off(length, dice));
        Span {
            ends: shortened.map(|length| now.after(length)),
            idle: self.sliding,
            began: now,
            stale_from: self.fresh_for.map(|fresh| now.after(fresh)),
        }
    }

    /// What was given, not what the namespace says.
    fn own_length(&self) -> Option<Duration> {
        match (self.date, self.ttl) {
            (Some(date), _) => Some(date.left),
            (None, Ttl::After(duration)) => Some(duration.min(MAX_TTL)),
            (None, Ttl::NamespaceDefault) => None,
        }
    }

    /// Never all of it.
    fn taken_off(&self, length: Duration, dice: &Dice) -> Duration {
        let Some(most) = self.jitter else { return Duration::ZERO };
        dice.up_to(most).min(length.saturating_sub(Duration::from_nanos(1)))
    }
}

/// A life that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its end, however much it is used.
    pub(crate) ends: Option<Timestamp>,
    /// It ends this long after the last use.
    pub(crate) idle: Option<Duration>,
    pub(crate) began: Timestamp,
    pub(crate) stale_from: Option<Timestamp>,
}

/// Chance, for jitter only: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014). Seeded, so that two stores of one clock throw the same; good enough to spread ends, no secret.
#[derive(Debug)]
pub(crate) struct Dice(AtomicU64);

impl Dice {
    /// Seeds from wall time.
    pub(crate) fn seeded(wall: SystemTime) -> Self {
        let since = wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self(AtomicU64::new(since.as_secs() ^ u64::from(since.subsec_nanos()) << 34))
    }

    /// Zero to `most`, all about equally likely.
    fn up_to(&self, most: Duration) -> Duration {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let scaled = (most.as_nanos() * u128::from(mixed)) >> 64;
        Duration::from_nanos(u64::try_from(scaled).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn jitter_shortens_a_life_and_spreads_ends_evenly() {
        let dice = Dice::seeded(SystemTime::UNIX_EPOCH);
        let life = Life::from(Ttl::After(10 * SECOND)).jitter(4 * SECOND).unwrap();
        let ends: Vec<Duration> = (0..10_000)
            .map(|_| life.begin(Timestamp::default(), None, &dice).ends.unwrap().since(Timestamp::default()))
            .collect();
        assert!(ends.iter().all(|&end| end >= 6 * SECOND && end <= 10 * SECOND));
        let in_each_second: Vec<usize> =
            (6..10).map(|second| ends.iter().filter(|end| end.as_secs() == second).count()).collect();
        assert!(in_each_second.iter().all(|&count| (2_300..2_700).contains(&count)), "{in_each_second:?}");
    }

    #[test]
    fn jitter_never_takes_all_of_a_default() {
        let dice = Dice::seeded(SystemTime::UNIX_EPOCH);
        let life = Life::default().jitter(MAX_TTL).unwrap();
        for _ in 0..100 {
            assert!(life.begin(Timestamp::default(), Some(SECOND), &dice).ends > Some(Timestamp::default()));
        }
    }

    #[test]
    fn each_duration_is_checked_one_past_its_limit() {
        let past = MAX_TTL + Duration::from_nanos(1);
        let invalid = |allowed, actual| Err(Error::TtlInvalid { allowed, actual });
        assert_eq!(Life::default().sliding(past), invalid(MAX_TTL, past));
        assert_eq!(Life::default().fresh_for(Duration::ZERO), invalid(MAX_TTL, Duration::ZERO));
        assert_eq!(Life::default().jitter(past), invalid(MAX_TTL, past));
        let jitter = Error::LifeInvalid { part: "jitter", relation: "below", ttl: SECOND, actual: SECOND };
        assert_eq!(Life::from(Ttl::After(SECOND)).jitter(SECOND), Err(jitter));
        assert!(Life::default().sliding(MAX_TTL).is_ok());
    }

    /// It was taken, and the entry was never stale.
    #[test]
    fn what_is_fresh_for_longer_than_it_lives_is_refused() {
        let life = Life::from(Ttl::After(SECOND));
        assert!(life.fresh_for(SECOND).is_ok());
        let actual = SECOND + Duration::from_nanos(1);
        let error = life.fresh_for(actual).unwrap_err();
        assert_eq!(error, Error::LifeInvalid { part: "fresh_for", relation: "at most", ttl: SECOND, actual });
        assert_eq!(error.reason(), "TTL_INVALID");
        let expected = "the fresh_for is 1.000000001s; allowed: at most the time to live, which is 1s";
        assert_eq!(error.to_string(), expected);
        let until = Life::until(SystemTime::UNIX_EPOCH + SECOND, SECOND).unwrap();
        assert!(until.fresh_for(actual).is_ok() && Life::default().fresh_for(actual).is_ok());
    }

    #[test]
    fn the_same_date_is_the_same_life_however_far_off_it_is() {
        let date = SystemTime::UNIX_EPOCH + SECOND;
        assert_eq!(Life::until(date, SECOND), Life::until(date, SECOND / 2));
        assert_ne!(Life::until(date, SECOND), Life::until(date + SECOND, SECOND));
        assert!(Life::until(date, Duration::ZERO).is_err());
    }

    #[test]
    fn what_slides_has_no_default_end() {
        let dice = Dice::seeded(SystemTime::UNIX_EPOCH);
        let now = Timestamp::from_nanos(7);
        let check = |life: Life, expected: Option<Duration>| {
            assert_eq!(life.begin(now, Some(SECOND), &dice).ends, expected.map(|length| now.after(length)));
        };
        check(Life::default(), Some(SECOND));
        check(Life::default().sliding(SECOND).unwrap(), None);
        check(Life::from(Ttl::After(2 * SECOND)).sliding(SECOND).unwrap(), Some(2 * SECOND));
    }
}
