//! Keys of one text that are equal share one allocation, as far as a small table remembers them.

use std::sync::Arc;

use crate::scan::print;

/// Keys that are remembered; a newer one takes the place of an older.
const SLOTS: usize = 256;
/// Longer keys are seldom met again.
const LONGEST: usize = 64;
/// A text so short repeats too few keys to pay for the table.
const SHORT: usize = 1 << 10;

pub(super) struct Names(Vec<Option<Arc<str>>>);

impl Names {
    pub(super) fn for_text(text: &str) -> Names {
        Names(if text.len() < SHORT { Vec::new() } else { vec![None; SLOTS] })
    }

    /// The key at `start..end`, without quotes and without escapes.
    #[inline]
    pub(super) fn name(&mut self, text: &str, start: usize, end: usize) -> Arc<str> {
        let name = &text[start..end];
        let slot = print(text.as_bytes(), start, end) as usize % SLOTS;
        let Some(slot) = self.0.get_mut(slot).filter(|_| name.len() <= LONGEST) else {
            return name.into();
        };
        if let Some(present) = slot.as_ref().filter(|present| &***present == name) {
            return Arc::clone(present);
        }
        let name: Arc<str> = name.into();
        *slot = Some(Arc::clone(&name));
        name
    }
}
