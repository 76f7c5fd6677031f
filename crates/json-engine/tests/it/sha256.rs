//! SHA-256 (FIPS 180-4), for hashes that others publish of their cases.

use crate::binary::unhex;

/// The first 32 bits of the fraction of a root of each of the first primes: of square roots for the state, of cube roots
/// for the rounds. A double has as many bits as that takes.
fn fractions<const COUNT: usize>(root: fn(f64) -> f64) -> [u32; COUNT] {
    let mut primes = (2_u32..).filter(|number| (2..*number).all(|divisor| number % divisor != 0));
    std::array::from_fn(|_| (root(f64::from(primes.next().unwrap())).fract() * 2_f64.powi(32)) as u32)
}

pub(crate) fn sha256(message: &[u8]) -> [u8; 32] {
    let rounds: [u32; 64] = fractions(f64::cbrt);
    let mut state: [u32; 8] = fractions(f64::sqrt);
    let mut padded = [message, &[0x80]].concat();
    padded.resize((padded.len() + 8).next_multiple_of(64) - 8, 0);
    padded.extend_from_slice(&(8 * message.len() as u64).to_be_bytes());
    let (blocks, _) = padded.as_chunks::<64>();
    for block in blocks {
        state = compressed(state, block, &rounds);
    }
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

fn compressed(state: [u32; 8], block: &[u8; 64], rounds: &[u32; 64]) -> [u32; 8] {
    let mut schedule = [0_u32; 64];
    for (word, bytes) in schedule.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    for at in 16..64 {
        let (early, late) = (schedule[at - 15], schedule[at - 2]);
        let early = early.rotate_right(7) ^ early.rotate_right(18) ^ (early >> 3);
        let late = late.rotate_right(17) ^ late.rotate_right(19) ^ (late >> 10);
        schedule[at] =
            schedule[at - 16].wrapping_add(early).wrapping_add(schedule[at - 7]).wrapping_add(late);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
    for (word, round) in schedule.iter().zip(rounds) {
        let mixed = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let chosen = (e & f) ^ (!e & g);
        let first = h.wrapping_add(mixed).wrapping_add(chosen).wrapping_add(*round).wrapping_add(*word);
        let mixed = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let second = mixed.wrapping_add((a & b) ^ (a & c) ^ (b & c));
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
    }
    let mut next = [a, b, c, d, e, f, g, h];
    next.iter_mut().zip(state).for_each(|(word, before)| *word = word.wrapping_add(before));
    next
}

#[test]
fn the_example_of_fips_180() {
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(unhex(&sha256(b"abc")), expected);
}
