//! Eight digits at a time, as the bytes of one word.

/// Powers of ten that a word holds.
pub(super) const POWERS: [u64; 20] = {
    let (mut powers, mut at) = ([1; 20], 1);
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// A mark in the high bit of each byte that is not a digit.
#[inline(always)]
pub(crate) fn not_digits(word: u64) -> u64 {
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let value = word ^ 0x3030_3030_3030_3030;
    // 0x76 carries into the high bit from ten on; the high bit itself is left out, so nothing carries further.
    (((value & !HIGHS) + 0x7676_7676_7676_7676) | value) & HIGHS
}

/// The number that the first `count` bytes of a little-endian word write, which are digits; from one to eight.
#[inline(always)]
pub(super) fn number(word: u64, count: u32) -> u64 {
    // The digits move to the end, zeros stand before them.
    let values = (word ^ 0x3030_3030_3030_3030) << (8 * (8 - count));
    // Two digits in each pair of bytes, then four, then eight.
    let pairs = values * 10 + (values >> 8);
    const MASK: u64 = 0x0000_00ff_0000_00ff;
    let high = (pairs & MASK).wrapping_mul(100 + (1_000_000 << 32));
    let low = ((pairs >> 16) & MASK).wrapping_mul(1 + (10_000 << 32));
    high.wrapping_add(low) >> 32
}

/// Eight digits of a number below 10^8, zeros before it, as a little-endian word.
#[inline(always)]
pub(super) fn text(number: u64) -> u64 {
    // Four digits in each half of the word, then two in each quarter, then one in each byte.
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | (fours - hundreds * 100) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    let ones = tens | (twos - tens * 10) << 8;
    ones | 0x3030_3030_3030_3030
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_their_number_and_back() {
        for value in (0..100_000_000_u64).step_by(9_973).chain([99_999_999, 10_000, 9_999, 90_000_009]) {
            let written = format!("{value:08}");
            let word = u64::from_le_bytes(written.as_bytes().try_into().unwrap());
            assert_eq!((number(word, 8), text(value), not_digits(word)), (value, word, 0), "{value}");
            assert_eq!(number(word, 3), written[..3].parse::<u64>().unwrap());
        }
    }

    #[test]
    fn what_is_no_digit_is_marked() {
        for byte in 0..=u8::MAX {
            let word = u64::from_le_bytes([b'0', byte, b'9', b'5', b'0', b'9', b'1', b'1']);
            let expected = if byte.is_ascii_digit() { 0 } else { 0x8000 };
            assert_eq!(not_digits(word), expected, "{byte}");
        }
    }
}
