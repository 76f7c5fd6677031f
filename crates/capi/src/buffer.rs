//! Buffer: bytes that the library made and the caller owns.

/// Bytes that a call gave. The caller owns them, reads `data` up to `len`, changes no field and gives them back by
/// fastjson_buffer_free. `data` is NULL where there are none. Text is UTF-8 without a zero byte at its end.
#[repr(C)]
#[derive(Debug)]
pub struct Buffer {
    /// The bytes.
    pub data: *mut u8,
    /// How many there are.
    pub len: usize,
    /// How many were allocated; for fastjson_buffer_free.
    pub capacity: usize,
}

impl Buffer {
    /// No bytes.
    pub(crate) const EMPTY: Buffer = Buffer { data: std::ptr::null_mut(), len: 0, capacity: 0 };
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Buffer {
        if bytes.capacity() == 0 {
            return Buffer::EMPTY;
        }
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        Buffer { data: bytes.as_mut_ptr(), len: bytes.len(), capacity: bytes.capacity() }
    }
}

/// Frees the bytes of a buffer and empties it, so that freeing it again does nothing. NULL does nothing.
///
/// # Safety
/// `buffer` is NULL, or names a buffer as a call of this library left it, or one of zeros.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_buffer_free(buffer: *mut Buffer) {
    if buffer.is_null() {
        return;
    }
    // SAFETY: not NULL, so it names a buffer that is this call's to change.
    let Buffer { data, len, capacity } = unsafe { buffer.replace(Buffer::EMPTY) };
    if !data.is_null() {
        // SAFETY: the parts of a vector that `From` took apart; the buffer no longer names them.
        drop(unsafe { Vec::from_raw_parts(data, len, capacity) });
    }
}
