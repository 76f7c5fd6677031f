//! How the memory of a store is shared out among its namespaces: who does not need what it is guaranteed lends it.
//!
//! The idea: what each should have is worked out from what all hold, now and then and in one place; no write waits for
//! another namespace. Each gets what it holds and some room to grow, up to its guarantee; what is left goes to those that want
//! more, equally, the small wishes first; what then is left is kept for the owners.
//!
//! Promise: the shares together are at most the limit, as long as the guarantees are. Nobody who holds less than its
//! guarantee gets less than it holds. Who does not borrow and meets no borrower has all of its guarantee. Cost:
//! O(n log n) for n namespaces.

/// One part in so many of the guarantee is room to grow until the next time.
const GROWTH_PARTS: u64 = 8;

/// What a namespace holds and may hold; in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    /// What it needs for what it holds: as many times its largest part as it has parts.
    pub(super) used: u64,
    /// What it has now.
    pub(super) room: u64,
    /// What it gets as soon as it needs it.
    pub(super) guaranteed: u64,
    /// What it may have; at least what is guaranteed.
    pub(super) most: u64,
    /// What it needs to take its largest value; at most what is guaranteed.
    pub(super) least: u64,
}

impl Claim {
    fn growth(&self) -> u64 {
        self.guaranteed / GROWTH_PARTS
    }

    /// Of its guarantee.
    fn own(&self) -> u64 {
        self.wish().max(self.least).min(self.guaranteed)
    }

    /// Beyond its guarantee.
    fn beyond(&self) -> u64 {
        self.wish().min(self.most).saturating_sub(self.guaranteed)
    }

    /// Who has nearly filled its room wants more of it.
    fn wish(&self) -> u64 {
        let is_nearly_full = self.used >= self.room - self.room / GROWTH_PARTS;
        let base = if is_nearly_full { self.room.max(self.used) } else { self.used };
        base.saturating_add(self.growth())
    }
}

/// The room of each.
pub(super) fn shares(claims: &[Claim], limit: u64) -> Vec<u64> {
    let own: Vec<u64> = claims.iter().map(Claim::own).collect();
    let beyond: Vec<u64> = claims.iter().map(Claim::beyond).collect();
    let lent = level(&beyond, limit.saturating_sub(own.iter().sum()));
    let taken = own.iter().chain(&lent).sum();
    let idle: Vec<u64> = claims.iter().zip(&own).map(|(claim, own)| claim.guaranteed - own).collect();
    let kept = level(&idle, limit.saturating_sub(taken));
    (0..claims.len()).map(|at| own[at] + lent[at] + kept[at]).collect()
}

/// Deals `pool` out equally, but to nobody more than it wants.
fn level(wants: &[u64], pool: u64) -> Vec<u64> {
    let mut order: Vec<usize> = (0..wants.len()).collect();
    order.sort_by_key(|&at| wants[at]);
    let (mut left, mut given) = (pool, vec![0; wants.len()]);
    for (number, at) in order.into_iter().enumerate() {
        given[at] = wants[at].min(left / (wants.len() - number) as u64);
        left -= given[at];
    }
    given
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claim(used: u64, room: u64, guaranteed: u64, most: u64) -> Claim {
        Claim { used, room, guaranteed, most, least: 0 }
    }

    fn check(claims: &[Claim], limit: u64, expected: &[u64]) {
        assert_eq!(shares(claims, limit), expected);
    }

    #[test]
    fn without_borrowers_everyone_has_its_guarantee() {
        check(&[claim(0, 800, 800, 800), claim(800, 800, 800, 800)], 1_600, &[800, 800]);
    }

    #[test]
    fn a_borrower_gets_what_others_do_not_use_and_gives_it_back() {
        let full = claim(800, 800, 800, 1_600);
        check(&[claim(0, 800, 800, 800), full], 1_600, &[700, 900]);
        check(&[claim(0, 100, 800, 800), claim(1_500, 1_500, 800, 1_600)], 1_600, &[100, 1_500]);
        check(&[claim(90, 100, 800, 800), claim(1_500, 1_500, 800, 1_600)], 1_600, &[200, 1_400]);
        check(&[claim(800, 800, 800, 800), claim(800, 800, 800, 1_600)], 1_600, &[800, 800]);
    }

    #[test]
    fn borrowers_share_equally_and_small_wishes_come_first() {
        assert_eq!(level(&[10, 500, 300], 610), [10, 300, 300]);
        assert_eq!(level(&[10, 500, 300], 10_000), [10, 500, 300]);
        assert_eq!(level(&[5, 5, 5], 2), [0, 1, 1]);
        assert_eq!(level(&[], 2), [0_u64; 0]);
    }

    fn claims() -> impl Strategy<Value = Vec<Claim>> {
        let claim = (0..1_000_u64, 0..1_000_u64, 1..1_000_u64, 0..1_000_u64, 0..1_000_u64).prop_map(
            |(used, room, guaranteed, more, least)| Claim {
                used,
                room,
                guaranteed,
                most: guaranteed + more,
                least: least.min(guaranteed),
            },
        );
        prop::collection::vec(claim, 1..8)
    }

    proptest! {
        #[test]
        fn shares_keep_to_the_limit_and_to_what_is_guaranteed(claims in claims(), spare in 0..2_000_u64) {
            let limit = claims.iter().map(|claim| claim.guaranteed).sum::<u64>() + spare;
            let shares = shares(&claims, limit);
            prop_assert!(shares.iter().sum::<u64>() <= limit);
            for (claim, share) in claims.iter().zip(shares) {
                prop_assert!(share >= claim.used.min(claim.guaranteed) && share >= claim.least);
                prop_assert!(share <= claim.most);
            }
        }
    }
}
