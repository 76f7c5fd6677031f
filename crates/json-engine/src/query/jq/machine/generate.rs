//! What gives many outputs: `.[]`, `..`, `range`.
//!
//! Promise: nothing is listed in advance, so that the first of many outputs costs no more than one. Cost: a step an
//! output.

use super::fork::{Fork, Resume};
use super::track::{self, Track};
use super::{Flow, Machine};
use crate::query::jq::access::{child, child_count, child_key, children};
use crate::query::jq::fault::Fault;
use crate::query::jq::val::Val;

/// The containers that a walk through a value is in.
pub(super) struct Walk(Vec<Level>);

struct Level {
    of: Val,
    next: usize,
    length: usize,
    track: Track,
}

impl Machine<'_> {
    pub(super) fn each(&mut self) -> Result<Flow, Fault> {
        if self.is_tracking() {
            self.check_iteration()?;
        }
        let length = children(&self.it)?;
        if length == 0 {
            return Ok(Flow::Backtrack);
        }
        let of = self.it.take();
        let first = child(&of, 0).unwrap_or(Val::NULL);
        let parent = self.track.clone();
        if length > 1 {
            if self.is_tracking() {
                self.track = track::step(&parent, child_key(&of, 0), &first);
                let present = std::mem::replace(&mut self.track, parent);
                self.fork(Resume::Each { of, next: 1, at: self.at });
                self.track = present;
            } else {
                self.fork(Resume::Each { of, next: 1, at: self.at });
            }
        } else if self.is_tracking() {
            self.track = track::step(&parent, child_key(&of, 0), &first);
        }
        self.it = first;
        Ok(Flow::Next)
    }

    /// `.[]?`: what has no children gives nothing.
    pub(super) fn each_or_nothing(&mut self) -> Result<Flow, Fault> {
        if child_count(&self.it).is_some() {
            return self.each();
        }
        if self.is_tracking() {
            self.check_iteration()?;
        }
        Ok(Flow::Backtrack)
    }

    pub(super) fn next_child(&mut self) {
        let Some(Fork { resume: Resume::Each { of, next, at }, track, beside, .. }) = self.forks.last_mut()
        else {
            return;
        };
        let place = *next;
        *next += 1;
        self.it = child(of, place).unwrap_or(Val::NULL);
        self.at = *at;
        let is_last = *next >= child_count(of).unwrap_or(0);
        let tracked = match track {
            Some(_) if *beside == 0 => track::step(track, child_key(of, place), &self.it),
            _ => track.clone(),
        };
        self.go_on(is_last);
        self.track = tracked;
    }

    /// Back to the last fork, which has nothing more to give, or has.
    fn go_on(&mut self, is_last: bool) {
        if !is_last {
            self.revisit();
        } else if let Some(fork) = self.forks.pop() {
            self.restore(fork);
        }
    }

    pub(super) fn recurse(&mut self) -> Result<(), Fault> {
        let length = child_count(&self.it).unwrap_or(0);
        if length == 0 {
            return Ok(());
        }
        if self.is_tracking() {
            self.check_iteration()?;
        }
        let level = Level { of: self.it.clone(), next: 0, length, track: self.track.clone() };
        self.fork(Resume::Recurse { walk: Box::new(Walk(vec![level])), at: self.at });
        Ok(())
    }

    pub(super) fn next_descendant(&mut self) {
        let Some(Fork { resume: Resume::Recurse { walk, at }, beside, .. }) = self.forks.last_mut() else {
            return;
        };
        self.at = *at;
        let is_tracked = *beside == 0;
        let Walk(levels) = &mut **walk;
        let Some(level) = levels.last_mut() else { return };
        let place = level.next;
        level.next += 1;
        self.it = child(&level.of, place).unwrap_or(Val::NULL);
        let tracked = match &level.track {
            Some(_) if is_tracked => track::step(&level.track, child_key(&level.of, place), &self.it),
            other => other.clone(),
        };
        if level.next >= level.length {
            levels.pop();
        }
        let length = child_count(&self.it).unwrap_or(0);
        if length > 0 {
            levels.push(Level { of: self.it.clone(), next: 0, length, track: tracked.clone() });
        }
        let is_last = levels.is_empty();
        self.go_on(is_last);
        self.track = tracked;
    }

    pub(super) fn range(&mut self) -> Result<Flow, Fault> {
        let (upto, from) = (self.stack.pop(), self.stack.pop());
        if let (Some(from), Some(upto)) = (from.as_integer(), upto.as_integer()) {
            return Ok(self.range_of(Resume::Range { next: from, end: upto, at: self.at }));
        }
        let (Some(from), Some(upto)) = (from.as_double(), upto.as_double()) else {
            return Err(Fault::raise("Range bounds must be numeric"));
        };
        Ok(self.range_of(Resume::RangeOfDoubles { next: from, end: upto, at: self.at }))
    }

    fn range_of(&mut self, resume: Resume) -> Flow {
        let is_empty = match &resume {
            Resume::Range { next, end, .. } => next >= end,
            Resume::RangeOfDoubles { next, end, .. } => {
                !matches!(next.partial_cmp(end), Some(std::cmp::Ordering::Less))
            }
            _ => true,
        };
        if !is_empty {
            self.fork(resume);
        }
        Flow::Backtrack
    }

    pub(super) fn next_number(&mut self) {
        let is_last = match self.forks.last_mut().map(|fork| &mut fork.resume) {
            Some(Resume::Range { next, end, at }) => {
                self.it = Val::integer(*next);
                self.at = *at;
                *next += 1;
                *next >= *end
            }
            Some(Resume::RangeOfDoubles { next, end, at }) => {
                self.it = Val::double(*next);
                self.at = *at;
                *next += 1.0;
                *next >= *end
            }
            _ => return,
        };
        let track = self.forks.last().and_then(|fork| fork.track.clone());
        self.go_on(is_last);
        self.track = track;
    }
}
