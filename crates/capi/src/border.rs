//! The border itself: pointers become slices, answers become what pointers name, a panic becomes a code.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::code::{Code, Failure};
use crate::report::{Notes, Report};

/// The bytes that a caller names; none where `len` is 0, whatever `data` is.
///
/// # Safety
/// `data` is NULL or names `len` bytes that live and do not change for `'c`.
pub(crate) unsafe fn bytes<'c>(name: &'static str, data: *const u8, len: usize) -> Result<&'c [u8], Failure> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Failure::argument(name, format!("NULL where {len} bytes must be")));
    }
    if isize::try_from(len).is_err() {
        return Err(Failure::argument(name, format!("a length of {len} bytes is more than memory can hold")));
    }
    // SAFETY: not NULL, within the size that a slice may have, and the rest is this function's own condition.
    Ok(unsafe { std::slice::from_raw_parts(data, len) })
}

/// Runs `work`, puts what it gives where `out` names, else `empty`, and says in `report`, unless that is NULL, how it went.
///
/// # Safety
/// `out` and `report` are NULL or can be written. What they hold is not read or freed.
pub(crate) unsafe fn answer<T>(
    out: *mut T,
    empty: T,
    report: *mut *mut Report,
    work: impl FnOnce() -> Result<(T, Notes), Failure>,
) -> Code {
    let outcome = if out.is_null() {
        Err(Failure::argument("out", "NULL; the answer needs a place"))
    } else {
        guarded(work)
    };
    let (value, told) = match outcome {
        Ok((value, notes)) => (value, Ok(notes)),
        Err(failure) => (empty, Err(failure)),
    };
    if !out.is_null() {
        // SAFETY: not NULL, so it can be written.
        unsafe { out.write(value) };
    }
    let code = told.as_ref().map_or_else(|failure| failure.verdict().0, |_| crate::FASTJSON_OK);
    if !report.is_null() {
        // SAFETY: not NULL, so it can be written.
        unsafe { report.write(Box::into_raw(Box::new(Report::new(told)))) };
    }
    code
}

/// Runs `work`; a panic is a failure. The unwind safety is that of the call: nothing of it is used again.
fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(Failure::Panic(said(&*payload))))
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let owned = || payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(owned).unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::answer;
    use crate::{
        FASTJSON_PANIC, Report, fastjson_report_free, fastjson_report_message, fastjson_report_reason,
    };

    #[test]
    fn a_panic_is_a_code() {
        let (mut out, mut report): (i32, *mut Report) = (7, std::ptr::null_mut());
        // SAFETY: both places are this function's own, and the report is freed once.
        let (code, reason, message) = unsafe {
            let code = answer(&raw mut out, 0, &raw mut report, || panic!("index {} of 3", 4));
            let reason = CStr::from_ptr(fastjson_report_reason(report)).to_owned();
            let message = CStr::from_ptr(fastjson_report_message(report)).to_owned();
            fastjson_report_free(report);
            (code, reason, message)
        };
        assert_eq!((code, out, reason.as_c_str()), (FASTJSON_PANIC, 0, c"PANIC"));
        assert_eq!(message.as_c_str(), c"a fault of the library: index 4 of 3");
    }
}
