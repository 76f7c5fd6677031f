//! Assignments: one path after the other, in a value that nobody else holds.

use super::fork::Resume;
use super::{Flow, Machine, checked};
use crate::query::jq::access::{delete_paths, get_path, set_path, take_path};
use crate::query::jq::fault::Fault;
use crate::query::jq::op::{Slot, Target};
use crate::query::jq::val::Val;

// The slots of an update, from its first.
const ROOT: Slot = 0;
const BEFORE: Slot = 1;
const DELETED: Slot = 2;
const PATH: Slot = 3;
const MARK: Slot = 4;

impl Machine<'_> {
    pub(super) fn assign(&mut self, root: Slot, value: Slot) -> Result<Flow, Fault> {
        let (path, value) = (self.it.take(), self.frames.slot(value).clone());
        self.put(root, &path, value)?;
        Ok(Flow::Backtrack)
    }

    fn put(&mut self, root: Slot, path: &Val, value: Val) -> Result<(), Fault> {
        let old = self.frames.slot(root).take();
        *self.frames.slot(root) = set_path(old, path, value)?;
        checked()
    }

    /// The value leaves its place, so that it can be changed without a copy.
    pub(super) fn modify_begin(&mut self, first: Slot, nothing: Target) -> Result<(), Fault> {
        let path = self.frames.slot(first + PATH).clone();
        self.it = take_path(self.frames.slot(first + ROOT), &path)?;
        self.mark(first + MARK);
        self.fork(Resume::At(nothing, Val::NULL));
        checked()
    }

    /// The first output counts.
    pub(super) fn modify_end(&mut self, first: Slot) -> Result<Flow, Fault> {
        let (path, value) = (self.frames.slot(first + PATH).take(), self.it.take());
        self.put(first + ROOT, &path, value)?;
        let mark = self.marked(first + MARK);
        self.cut_to(usize::try_from(mark).unwrap_or(0));
        Ok(Flow::Backtrack)
    }

    /// There was no output. What stood there is back until all is deleted, as later paths may lead through it.
    pub(super) fn modify_delete(&mut self, first: Slot) -> Result<Flow, Fault> {
        let path = self.frames.slot(first + PATH).take();
        if !self.frames.slot(first + BEFORE).is_null() {
            let before = get_path(self.frames.slot(first + BEFORE), &path)?;
            self.put(first + ROOT, &path, before)?;
        }
        let deleted = self.frames.slot(first + DELETED);
        if deleted.is_null() {
            *deleted = Val::array(Vec::new());
        }
        deleted.push(path);
        Ok(Flow::Backtrack)
    }

    pub(super) fn modify_finish(&mut self, first: Slot) -> Result<(), Fault> {
        *self.frames.slot(first + BEFORE) = Val::NULL;
        let deleted = self.frames.slot(first + DELETED).take();
        self.it = self.frames.slot(first + ROOT).take();
        if !deleted.is_null() {
            self.it = delete_paths(self.it.take(), &deleted)?;
        }
        checked()
    }
}
