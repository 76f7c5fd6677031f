//! Numbers and texts of a frame.
//!
//! Promise: what is cut off or longer than what is left is a [`Problem`], never a panic, and no memory is taken for a length before its bytes were seen.
//! Cost: a byte for each seven bits of a number.

/// What is wrong with the content of a frame; who knows its place makes an error of it.
pub(super) type Problem = String;

/// Appends a number: seven bits a byte, the lowest first (LEB128).
pub(super) fn put_number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// Appends bytes and their number before them.
pub(super) fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    put_number(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

/// What is left of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'f>(&'f [u8]);

impl<'f> Cursor<'f> {
    pub(super) fn new(content: &'f [u8]) -> Self {
        Self(content)
    }

    pub(super) fn is_at_end(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Result<u8, Problem> {
        let (&first, rest) = self.0.split_first().ok_or_else(short)?;
        self.0 = rest;
        Ok(first)
    }

    pub(super) fn number(&mut self) -> Result<u64, Problem> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("a number has more than 64 bits".to_owned())
    }

    /// Eight bytes, the lowest first.
    pub(super) fn fixed(&mut self) -> Result<u64, Problem> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or_else(short)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// Bytes with their number before them; they lie in the frame, so that their number is bounded by it.
    pub(super) fn bytes(&mut self) -> Result<&'f [u8], Problem> {
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(short)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn text(&mut self) -> Result<&'f str, Problem> {
        std::str::from_utf8(self.bytes()?).map_err(|_| "a text is not UTF-8".to_owned())
    }
}

fn short() -> Problem {
    "it ends within a field".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_number(number: u64, bytes: usize) {
        let mut written = Vec::new();
        put_number(&mut written, number);
        assert_eq!(written.len(), bytes);
        let mut cursor = Cursor::new(&written);
        assert_eq!((cursor.number(), cursor.is_at_end()), (Ok(number), true));
        assert!(Cursor::new(&written[..bytes - 1]).number().is_err());
    }

    #[test]
    fn a_number_takes_as_many_bytes_as_it_needs() {
        check_number(0, 1);
        check_number(127, 1);
        check_number(128, 2);
        check_number(u64::MAX, 10);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert!(Cursor::new(&[0xff; 10]).number().is_err());
        assert!(Cursor::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]).number().is_err());
    }

    #[test]
    fn a_length_beyond_the_frame_is_refused() {
        let mut long = Vec::new();
        put_number(&mut long, u64::MAX);
        assert!(Cursor::new(&long).bytes().is_err());
        assert!(Cursor::new(&[1, 0xff]).text().is_err());
    }
}
