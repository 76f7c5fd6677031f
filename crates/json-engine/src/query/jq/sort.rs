//! A stable merge sort whose comparison may fail: a program that runs out of time stops within it.

use std::cmp::Ordering;

use super::fault::Fault;

/// Lengths that are sorted by insertion.
const RUN: usize = 12;

/// Sorts `items`; equal ones keep their order. After a fault their order means nothing. Costs n log n comparisons.
pub(super) fn sort<T: Copy>(
    items: &mut [T],
    mut order: impl FnMut(&T, &T) -> Result<Ordering, Fault>,
) -> Result<(), Fault> {
    for run in items.chunks_mut(RUN) {
        insertion_sort(run, &mut order)?;
    }
    let mut buffer = Vec::with_capacity(items.len());
    let mut width = RUN;
    while width < items.len() {
        for pair in items.chunks_mut(width * 2) {
            if pair.len() > width && order(&pair[width - 1], &pair[width])?.is_gt() {
                merge(pair, width, &mut buffer, &mut order)?;
            }
        }
        width *= 2;
    }
    Ok(())
}

fn insertion_sort<T: Copy>(
    run: &mut [T],
    order: &mut impl FnMut(&T, &T) -> Result<Ordering, Fault>,
) -> Result<(), Fault> {
    for next in 1..run.len() {
        let mut at = next;
        while at > 0 && order(&run[at - 1], &run[at])?.is_gt() {
            run.swap(at - 1, at);
            at -= 1;
        }
    }
    Ok(())
}

/// Merges the sorted `pair[..middle]` and `pair[middle..]`.
fn merge<T: Copy>(
    pair: &mut [T],
    middle: usize,
    buffer: &mut Vec<T>,
    order: &mut impl FnMut(&T, &T) -> Result<Ordering, Fault>,
) -> Result<(), Fault> {
    buffer.clear();
    buffer.extend_from_slice(&pair[..middle]);
    let (mut left, mut right, mut out) = (0, middle, 0);
    while left < buffer.len() && right < pair.len() {
        if order(&buffer[left], &pair[right])?.is_gt() {
            pair[out] = pair[right];
            right += 1;
        } else {
            pair[out] = buffer[left];
            left += 1;
        }
        out += 1;
    }
    let rest = buffer.len() - left;
    pair[out..out + rest].copy_from_slice(&buffer[left..]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_as_the_standard_library() {
        let mut random = fastrand::Rng::with_seed(7);
        for length in [0, 1, 2, 11, 12, 13, 24, 25, 100, 1_000] {
            let mut items: Vec<(u32, usize)> = (0..length).map(|at| (random.u32(0..20), at)).collect();
            let mut expected = items.clone();
            expected.sort();
            sort(&mut items, |left, right| Ok(left.0.cmp(&right.0))).unwrap();
            assert_eq!(items, expected);
        }
    }

    #[test]
    fn a_fault_stops_it() {
        let mut items = [3, 2, 1];
        assert!(sort(&mut items, |_, _| Err(Fault::raise("stop"))).is_err());
    }
}
