//! Marks that are forgotten. Apart from the rest, since tests/shuttle compiles that with a lock of its own.

use std::sync::Arc;

use crate::{
    Tags,
    epochs::{Epochs, LEAST_MARKS},
};

#[test]
fn tags_that_no_entry_has_are_forgotten() {
    let epochs = Epochs::new();
    let kept = epochs.marks(&Tags::new(&["kept"]).unwrap());
    for number in 0..10 * LEAST_MARKS {
        epochs.marks(&Tags::new(&[number.to_string()]).unwrap());
        assert!(epochs.known() <= LEAST_MARKS);
    }
    let again = epochs.marks(&Tags::new(&["kept"]).unwrap());
    assert!(Arc::ptr_eq(&kept[0], &again[0]));
}
