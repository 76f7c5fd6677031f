//! Where `it` stands, while paths are followed: a list of steps that forks share.
//!
//! Promise: of a value that is no longer what stands at the path, no path is given. Cost: a counted reference a step.

use std::rc::Rc;

use super::Machine;
use crate::document::Document;
use crate::query::jq::access;
use crate::query::jq::fault::Fault;
use crate::query::jq::text::shown;
use crate::query::jq::val::Val;

/// The last step; none outside of paths.
pub(super) type Track = Option<Rc<Node>>;

pub(super) struct Node {
    outer: Track,
    step: Step,
    /// What stands there.
    value: Val,
}

enum Step {
    /// Where the path begins; how many expressions beside the outer path were open.
    Root(u32),
    Key(Val),
}

impl Drop for Node {
    /// Long paths make long lists.
    fn drop(&mut self) {
        let mut next = self.outer.take();
        while let Some(node) = next {
            next = Rc::into_inner(node).and_then(|mut node| node.outer.take());
        }
    }
}

/// One step further.
pub(super) fn step(track: &Track, key: Option<Val>, value: &Val) -> Track {
    let key = key.unwrap_or(Val::NULL);
    Some(Rc::new(Node { outer: track.clone(), step: Step::Key(key), value: value.clone() }))
}

impl Machine<'_> {
    #[inline]
    pub(super) fn is_tracking(&self) -> bool {
        self.beside == 0 && self.track.is_some()
    }

    /// Whether `it` is what stands at the end of the path.
    fn is_intact(&self) -> bool {
        self.track.as_ref().is_none_or(|node| is_same(self.it.document(), node.value.document()))
    }

    #[cold]
    fn astray(&self, what: &str) -> Fault {
        Fault::raise(&format!("Invalid path expression {what}"))
    }

    pub(super) fn check_index(&self, key: &Val) -> Result<(), Fault> {
        if self.is_intact() {
            return Ok(());
        }
        let (key, it) = (shown(key), shown(&self.it));
        Err(self.astray(&format!("near attempt to access element {key} of {it}")))
    }

    pub(super) fn check_iteration(&self) -> Result<(), Fault> {
        if self.is_intact() {
            return Ok(());
        }
        Err(self.astray(&format!("near attempt to iterate through {}", shown(&self.it))))
    }

    pub(super) fn extend_track(&mut self, key: Val) {
        self.track = step(&self.track, Some(key), &self.it);
    }

    pub(super) fn path_begin(&mut self) {
        let (outer, step) = (self.track.take(), Step::Root(self.beside));
        self.track = Some(Rc::new(Node { outer, step, value: self.it.clone() }));
        self.beside = 0;
    }

    pub(super) fn path_end(&mut self) -> Result<(), Fault> {
        if !self.is_intact() {
            return Err(self.astray(&format!("with result {}", shown(&self.it))));
        }
        let mut keys = Vec::new();
        let mut next = self.track.take();
        while let Some(node) = next {
            match &node.step {
                Step::Key(key) => keys.push(key.document().clone()),
                Step::Root(beside) => {
                    self.beside = *beside;
                    self.track = node.outer.clone();
                    break;
                }
            }
            next = node.outer.clone();
        }
        keys.reverse();
        self.it = Val::array(keys);
        Ok(())
    }

    /// `getpath` goes on with the path that it is given.
    pub(super) fn get_path(&mut self) -> Result<(), Fault> {
        let path = self.stack.pop();
        let found = access::get_path(&self.it, &path)?;
        if !self.is_tracking() {
            self.it = found;
            return Ok(());
        }
        if !self.is_intact() {
            return Err(self.astray(&format!("with result {}", shown(&self.it))));
        }
        self.it = found;
        for key in path.as_elements().unwrap_or(&[]) {
            self.extend_track(Val::of(key.clone()));
        }
        Ok(())
    }
}

/// Whether two values are one: the same in memory, or the same scalar.
fn is_same(left: &Document, right: &Document) -> bool {
    use std::sync::Arc;
    match (left, right) {
        (Document::Null, Document::Null) => true,
        (Document::Bool(left), Document::Bool(right)) => left == right,
        (Document::Number(left), Document::Number(right)) => left == right,
        (Document::Str(left), Document::Str(right))
        | (Document::Surrogates(left), Document::Surrogates(right)) => Arc::ptr_eq(left, right),
        (Document::Arr(left), Document::Arr(right)) => Arc::ptr_eq(left, right),
        (Document::Obj(left), Document::Obj(right)) => Arc::ptr_eq(left, right),
        _ => false,
    }
}
