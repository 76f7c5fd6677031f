//! Options that can grow: a struct begins with the size that its caller was compiled with.
//!
//! An older caller's struct is shorter: what it lacks is zero, and zero is the default. A newer caller's is longer: what this
//! version does not know must be zero, or it is refused, never ignored. (The rule of openat2(2) and clone3(2).)

use std::mem::size_of;

use crate::code::Failure;

/// Longest struct that is taken, in bytes; a larger size is taken for rubbish.
const MAX_BYTES: usize = 4096;

/// A struct of options.
///
/// # Safety
/// `repr(C)`, the first field is `struct_size: u32`, and all bytes zero, or any others, are a value of it.
pub(crate) unsafe trait SizedByCaller: Copy {}

/// A copy of what the caller names, as long as this version has it; NULL is all zeros.
///
/// # Safety
/// `given` is NULL or names as many bytes as the 32 bits at its beginning say.
pub(crate) unsafe fn read<T: SizedByCaller>(name: &'static str, given: *const T) -> Result<T, Failure> {
    // SAFETY: zeros are a value of T.
    let mut own: T = unsafe { std::mem::zeroed() };
    if given.is_null() {
        return Ok(own);
    }
    // SAFETY: not NULL, so at least the size is there; alignment is not asked for.
    let size = unsafe { given.cast::<u32>().read_unaligned() } as usize;
    if !(size_of::<u32>()..=MAX_BYTES).contains(&size) {
        let message = format!("struct_size is {size}; set it to the sizeof of the struct");
        return Err(Failure::argument(name, message));
    }
    // SAFETY: the caller vouches for `size` bytes.
    let given = unsafe { std::slice::from_raw_parts(given.cast::<u8>(), size) };
    let (known, unknown) = given.split_at(size.min(size_of::<T>()));
    if let Some(at) = unknown.iter().position(|byte| *byte != 0) {
        let offset = known.len() + at;
        let message = format!("the field at byte {offset} is set, which this version does not know");
        return Err(Failure::argument(name, message));
    }
    // SAFETY: `known` is no longer than T, of which any bytes are a value.
    unsafe { std::ptr::copy_nonoverlapping(known.as_ptr(), (&raw mut own).cast::<u8>(), known.len()) };
    Ok(own)
}

#[cfg(test)]
mod tests {
    use super::{SizedByCaller, read};

    #[repr(C)]
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Known {
        struct_size: u32,
        a: u32,
        b: u32,
    }

    // SAFETY: three integers, the size first.
    unsafe impl SizedByCaller for Known {}

    fn check(words: &[u32], expected: Result<[u32; 2], &str>) {
        // SAFETY: each case below holds as many bytes as it says, or a size that is refused before they are read.
        let found = unsafe { read("options", words.as_ptr().cast::<Known>()) };
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!([found.a, found.b], expected),
            (Err(failure), Err(part)) => assert!(failure.to_string().contains(part), "{failure}"),
            (found, expected) => panic!("{words:?}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn a_struct_of_any_age_is_read() {
        check(&[12, 1, 2], Ok([1, 2]));
        check(&[8, 1], Ok([1, 0]));
        check(&[4], Ok([0, 0]));
        check(&[16, 1, 2, 0], Ok([1, 2]));
        check(&[16, 1, 2, 3 << 8], Err("the field at byte 13 is set"));
        check(&[0, 1, 2], Err("struct_size is 0"));
        check(&[4097], Err("struct_size is 4097"));
    }

    #[test]
    fn null_is_every_default() {
        // SAFETY: NULL is allowed.
        let known: Known = unsafe { read("options", std::ptr::null()) }.unwrap();
        assert_eq!(known, Known { struct_size: 0, a: 0, b: 0 });
    }
}
