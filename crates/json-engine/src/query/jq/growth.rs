//! Arrays that grow: what is long is copied by stretches, and moved only if there is time to.
//!
//! Promise: between two looks at the clock no more than a stretch is copied, except that an array which nobody else holds is
//! moved in one go when its room ends, after the time for that was asked. Cost: each element is copied once.

use std::sync::Arc;

use super::account::{ask, charge, hold, reserve};
use super::fault::Fault;
use super::val::{HEAD, Val};
use crate::document::Document;

/// Elements that are copied in one go: a third of a megabyte of them.
const STRETCH: usize = 16 << 10;
const ELEMENT_BYTES: usize = size_of::<Document>();

/// `more` behind `elements`; if others hold these too, in a copy that has the room at once.
pub(super) fn append(elements: &mut Arc<Vec<Document>>, more: &[Document]) -> Result<(), Fault> {
    if let Some(own) = Arc::get_mut(elements) {
        make_room(own, more.len())?;
        return copy(own, more);
    }
    let length = elements.len() + more.len();
    reserve(length * ELEMENT_BYTES)?;
    ask(length * ELEMENT_BYTES)?;
    let mut whole = Vec::with_capacity(length);
    copy(&mut whole, elements)?;
    copy(&mut whole, more)?;
    hold(length * ELEMENT_BYTES + HEAD);
    *elements = Arc::new(whole);
    Ok(())
}

/// Appends an output to the array that collects them.
#[inline]
pub(super) fn push(array: &mut Val, element: Val) -> Result<(), Fault> {
    if let Document::Arr(elements) = array.document()
        && elements.len() == elements.capacity()
    {
        ask_to_move(elements)?;
    }
    array.push(element);
    Ok(())
}

/// Room for so many elements behind those that are there.
pub(super) fn make_room(elements: &mut Vec<Document>, more: usize) -> Result<(), Fault> {
    let before = elements.capacity();
    if before - elements.len() >= more {
        return Ok(());
    }
    reserve(more * ELEMENT_BYTES)?;
    ask_to_move(elements)?;
    elements.reserve(more);
    hold((elements.capacity() - before) * ELEMENT_BYTES);
    Ok(())
}

/// Asks for the time that it takes to move the elements: all are read and written.
#[inline]
pub(super) fn ask_to_move(elements: &[Document]) -> Result<(), Fault> {
    ask(2 * size_of_val(elements))
}

fn copy(elements: &mut Vec<Document>, more: &[Document]) -> Result<(), Fault> {
    for stretch in more.chunks(STRETCH) {
        charge(1 + stretch.len() / 8)?;
        elements.extend_from_slice(stretch);
    }
    Ok(())
}
