//! Sequences: the longest common subsequence of two lists, by Myers' O(ND) method ("An O(ND) difference algorithm and its
//! variations", 1986).
//!
//! Promise: never quadratic. What only one side has is left out first; then, if the lists still differ in more than
//! [`MAX_EDITS`] places, a common subsequence of the elements that stand once on each side is taken instead (patience
//! diff), which is sound and perhaps not the longest; the answer says so.
//! Cost: O(n) and O(n log n) steps, plus about [`MAX_STEPS`] in the middle; memory at most 4 MB there.

use std::collections::HashMap;

use crate::budget::Meter;
use crate::error::Error;

/// Most insertions and removals that the exact method looks for.
const MAX_EDITS: u32 = 1_000;
/// Most steps of the exact method.
const MAX_STEPS: usize = 8_000_000;

/// A common subsequence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Common {
    /// Indices of equal elements, both ascending.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Whether there is no longer one.
    pub(super) is_longest: bool,
}

/// A common subsequence of two lists.
pub(super) fn common(from: &[u32], to: &[u32], meter: &Meter<'_>) -> Result<Common, Error> {
    meter.charge((from.len() + to.len()) as u64 / 8)?;
    let shorter = from.len().min(to.len());
    let head = from.iter().zip(to).take_while(|(left, right)| left == right).count();
    let tail = from.iter().rev().zip(to.iter().rev()).take(shorter - head);
    let tail = tail.take_while(|(left, right)| left == right).count();
    let (from_end, to_end) = (from.len() - tail, to.len() - tail);
    let middle = middle(&from[head..from_end], &to[head..to_end], meter)?;
    let mut pairs: Vec<_> = (0..head).map(|at| (at, at)).collect();
    pairs.extend(middle.pairs.into_iter().map(|(left, right)| (left + head, right + head)));
    pairs.extend((0..tail).map(|at| (from_end + at, to_end + at)));
    Ok(Common { pairs, is_longest: middle.is_longest })
}

/// How often an element stands on each side, and where last.
#[derive(Default)]
struct Seen {
    count: [u32; 2],
    last: [usize; 2],
}

fn middle(from: &[u32], to: &[u32], meter: &Meter<'_>) -> Result<Common, Error> {
    if from.is_empty() || to.is_empty() {
        return Ok(Common { pairs: Vec::new(), is_longest: true });
    }
    meter.charge((from.len() + to.len()) as u64)?;
    let mut seen: HashMap<u32, Seen, foldhash::fast::RandomState> = HashMap::default();
    for (side, list) in [from, to].into_iter().enumerate() {
        for (at, class) in list.iter().enumerate() {
            let entry = seen.entry(*class).or_default();
            entry.count[side] += 1;
            entry.last[side] = at;
        }
    }
    let shared = |list: &[u32]| -> Vec<usize> {
        (0..list.len())
            .filter(|at| seen.get(&list[*at]).is_some_and(|seen| !seen.count.contains(&0)))
            .collect()
    };
    let (left, right) = (shared(from), shared(to));
    let classes =
        |places: &[usize], list: &[u32]| -> Vec<u32> { places.iter().map(|at| list[*at]).collect() };
    if let Some(pairs) = myers(&classes(&left, from), &classes(&right, to), meter)? {
        let pairs = pairs.into_iter().map(|(l, r)| (left[l], right[r])).collect();
        return Ok(Common { pairs, is_longest: true });
    }
    let once = left.iter().filter_map(|at| seen.get(&from[*at]).filter(|seen| seen.count == [1, 1]));
    let once: Vec<(usize, usize)> = once.map(|seen| (seen.last[0], seen.last[1])).collect();
    let places: Vec<usize> = once.iter().map(|(_, right)| *right).collect();
    let pairs = increasing(&places).into_iter().map(|at| once[at]).collect();
    Ok(Common { pairs, is_longest: false })
}

/// How far along the first list the best path is, for each diagonal `k` = place in the first - place in the second, from
/// `-edits` to `edits`.
struct Reach {
    furthest: Vec<i32>,
    edits: i32,
}

impl Reach {
    fn at(&self, diagonal: i32) -> i32 {
        self.furthest[(diagonal + self.edits) as usize]
    }

    /// The neighbour of `diagonal` from which one more edit leads further.
    fn source(&self, diagonal: i32) -> i32 {
        let edits = self.edits + 1;
        let is_lowest = diagonal == -edits;
        let is_highest = diagonal == edits;
        if is_lowest || (!is_highest && self.at(diagonal - 1) < self.at(diagonal + 1)) {
            diagonal + 1
        } else {
            diagonal - 1
        }
    }

    /// Where the path on `diagonal` is after one more edit.
    fn step(&self, diagonal: i32) -> i32 {
        let source = self.source(diagonal);
        self.at(source) + i32::from(source < diagonal)
    }
}

/// The pairs of a longest common subsequence, or `None` when that takes too long.
fn myers(from: &[u32], to: &[u32], meter: &Meter<'_>) -> Result<Option<Vec<(usize, usize)>>, Error> {
    let (Ok(from_end), Ok(to_end)) = (i32::try_from(from.len()), i32::try_from(to.len())) else {
        return Ok(None);
    };
    if from_end.abs_diff(to_end) > MAX_EDITS {
        return Ok(None);
    }
    let mut trace: Vec<Reach> = Vec::new();
    let found = search(from, to, (from_end, to_end), &mut trace, meter);
    meter.release(trace.iter().map(|reach| 4 * reach.furthest.len() as u64).sum());
    Ok(found?.then(|| walk_back(&trace, (from_end, to_end))))
}

/// Fills `trace` until a path reaches `end`; says whether one did.
fn search(
    from: &[u32],
    to: &[u32],
    end: (i32, i32),
    trace: &mut Vec<Reach>,
    meter: &Meter<'_>,
) -> Result<bool, Error> {
    let most = (MAX_EDITS as i32).min(end.0.saturating_add(end.1));
    let mut steps = 0;
    for edits in 0..=most {
        let width = 2 * edits as usize + 1;
        meter.hold(4 * width as u64)?;
        let mut reach = Reach { furthest: vec![0; width], edits };
        for diagonal in (-edits..=edits).step_by(2) {
            let begun = trace.last().map_or(0, |before| before.step(diagonal));
            let run = snake(from, to, begun, diagonal);
            let x = begun + run as i32;
            reach.furthest[(diagonal + edits) as usize] = x;
            steps += 1 + run;
            if x >= end.0 && x - diagonal >= end.1 {
                meter.release(4 * width as u64);
                return Ok(true);
            }
        }
        trace.push(reach);
        if steps > MAX_STEPS {
            return Ok(false);
        }
        meter.charge(width as u64 / 8)?;
    }
    Ok(false)
}

/// How many elements are equal from `x` on along a diagonal.
fn snake(from: &[u32], to: &[u32], x: i32, diagonal: i32) -> usize {
    let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(x - diagonal)) else {
        return 0;
    };
    let (Some(from), Some(to)) = (from.get(x..), to.get(y..)) else {
        return 0;
    };
    from.iter().zip(to).take_while(|(left, right)| left == right).count()
}

/// The equal elements on the path that leads to `end`.
fn walk_back(trace: &[Reach], end: (i32, i32)) -> Vec<(usize, usize)> {
    let (mut x, mut y) = end;
    let mut pairs = Vec::new();
    for before in trace.iter().rev() {
        let source = before.source(x - y);
        let (source_x, source_y) = (before.at(source), before.at(source) - source);
        while x > source_x && y > source_y {
            (x, y) = (x - 1, y - 1);
            pairs.push((x as usize, y as usize));
        }
        (x, y) = (source_x, source_y);
    }
    while x > 0 && y > 0 {
        (x, y) = (x - 1, y - 1);
        pairs.push((x as usize, y as usize));
    }
    pairs.reverse();
    pairs
}

/// Indices of a longest strictly increasing subsequence, O(n log n).
pub(super) fn increasing(values: &[usize]) -> Vec<usize> {
    // `ends[n]`: index of the smallest value that ends an increasing subsequence of `n + 1` values.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = vec![usize::MAX; values.len()];
    for (at, value) in values.iter().enumerate() {
        let length = ends.partition_point(|end| values[*end] < *value);
        if let Some(before) = length.checked_sub(1) {
            previous[at] = ends[before];
        }
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut found = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        found.push(at);
        next = Some(previous[at]).filter(|before| *before != usize::MAX);
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(from: &[u32], to: &[u32]) -> Common {
        let budget = crate::Budget::new(
            std::sync::Arc::new(|| std::time::Duration::ZERO),
            std::time::Duration::ZERO,
            1 << 30,
        );
        let common = common(from, to, &Meter::open(&budget).unwrap()).unwrap();
        assert!(common.pairs.iter().all(|(left, right)| from[*left] == to[*right]));
        assert!(common.pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
        common
    }

    /// The textbook table.
    fn longest(from: &[u32], to: &[u32]) -> usize {
        let mut row = vec![0; to.len() + 1];
        for left in from {
            let mut diagonal = 0;
            for (at, right) in to.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if left == right { diagonal + 1 } else { above.max(row[at]) };
                diagonal = above;
            }
        }
        row[to.len()]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

        #[test]
        fn no_common_subsequence_is_longer(
            from in prop::collection::vec(0_u32..6, 0..24),
            to in prop::collection::vec(0_u32..6, 0..24),
        ) {
            let found = found(&from, &to);
            prop_assert!(found.is_longest);
            prop_assert_eq!(found.pairs.len(), longest(&from, &to));
        }

        #[test]
        fn an_increasing_subsequence_increases(values in prop::collection::vec(0_usize..50, 0..50)) {
            let found = increasing(&values);
            prop_assert!(found.windows(2).all(|two| two[0] < two[1] && values[two[0]] < values[two[1]]));
        }
    }

    #[test]
    fn long_lists_in_reverse_are_answered_with_something_sound() {
        let from: Vec<u32> = (0..100_000).collect();
        let to: Vec<u32> = from.iter().rev().copied().collect();
        let found = found(&from, &to);
        assert_eq!((found.pairs.len(), found.is_longest), (1, false));
    }
}
