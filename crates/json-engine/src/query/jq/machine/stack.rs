//! The stack and the frames. Both grow like a cactus: what stands below the last fork stays where it is, also when it is
//! popped, since backtracking comes back to it; above that, values move.
//!
//! Promise: a mark is gone back to whatever was popped since. Cost: a push or a pop; a value that a fork shares is
//! cloned.

use crate::query::jq::op::{Function, Index, Place, Slot};
use crate::query::jq::val::Val;

/// Values that wait.
#[derive(Default)]
pub(super) struct Stack {
    entries: Vec<Entry>,
    /// One more than the place of the top; 0 when it is empty.
    top: u32,
    /// What stands below is shared with forks.
    floor: u32,
}

struct Entry {
    value: Val,
    /// The top below it.
    below: u32,
}

/// A state of the stack that can be gone back to.
#[derive(Clone, Copy, Default)]
pub(super) struct StackMark {
    top: u32,
    length: u32,
}

impl Stack {
    #[inline]
    pub(super) fn push(&mut self, value: Val) {
        self.entries.push(Entry { value, below: self.top });
        self.top = self.entries.len() as u32;
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Val {
        let at = (self.top - 1) as usize;
        if self.top > self.floor {
            // What stands above is reached by nobody.
            self.entries.truncate(at + 1);
            if let Some(entry) = self.entries.pop() {
                self.top = entry.below;
                return entry.value;
            }
        }
        let entry = &self.entries[at];
        self.top = entry.below;
        entry.value.clone()
    }

    /// Exchanges the top and a value.
    #[inline]
    pub(super) fn exchange(&mut self, value: &mut Val) {
        if self.top > self.floor {
            std::mem::swap(&mut self.entries[(self.top - 1) as usize].value, value);
            return;
        }
        let top = self.pop();
        self.push(std::mem::replace(value, top));
    }

    /// The value so many places below the top.
    pub(super) fn peek(&self, depth: usize) -> &Val {
        let mut entry = &self.entries[(self.top - 1) as usize];
        for _ in 0..depth {
            entry = &self.entries[(entry.below - 1) as usize];
        }
        &entry.value
    }

    #[inline]
    pub(super) fn mark(&self) -> StackMark {
        StackMark { top: self.top, length: self.entries.len() as u32 }
    }

    #[inline]
    pub(super) fn protect(&mut self, mark: StackMark) {
        self.floor = mark.length;
    }

    #[inline]
    pub(super) fn restore(&mut self, mark: StackMark) {
        self.entries.truncate(mark.length as usize);
        self.top = mark.top;
    }

    pub(super) fn bytes(&self) -> usize {
        self.entries.len() * size_of::<Entry>()
    }
}

/// The functions that run, and their variables.
pub(super) struct Frames {
    frames: Vec<Frame>,
    slots: Vec<Val>,
    params: Vec<Closure>,
    present: u32,
    floor: u32,
}

struct Frame {
    /// The frame that it sees its outer variables in.
    env: u32,
    /// The frame that goes on when it returns, and where.
    caller: u32,
    back: u32,
    first_slot: u32,
    first_param: u32,
}

/// A filter and the frame that it sees its variables in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closure {
    pub(super) function: Index,
    pub(super) env: u32,
}

/// A state of the frames that can be gone back to.
#[derive(Clone, Copy, Default)]
pub(super) struct FrameMark {
    present: u32,
    frames: u32,
    slots: u32,
    params: u32,
}

/// Where the caller goes on.
#[derive(Clone, Copy)]
pub(super) struct Caller {
    frame: u32,
    back: u32,
}

impl Frames {
    pub(super) fn of_main(main: Function) -> Frames {
        let frame = Frame { env: 0, caller: 0, back: 0, first_slot: 0, first_param: 0 };
        let slots = vec![Val::NULL; usize::from(main.slots)];
        Frames { frames: vec![frame], slots, params: Vec::new(), present: 0, floor: 0 }
    }

    #[inline]
    pub(super) fn slot(&mut self, slot: Slot) -> &mut Val {
        let first = self.frames[self.present as usize].first_slot;
        &mut self.slots[first as usize + usize::from(slot)]
    }

    #[inline]
    pub(super) fn load(&self, place: Place) -> Val {
        let frame = &self.frames[self.outer(place.level) as usize];
        self.slots[frame.first_slot as usize + usize::from(place.slot)].clone()
    }

    /// The frame so many functions further out.
    #[inline]
    pub(super) fn outer(&self, level: u16) -> u32 {
        (0..level).fold(self.present, |frame, _| self.frames[frame as usize].env)
    }

    #[inline]
    pub(super) fn param(&self, place: Place) -> Closure {
        let frame = &self.frames[self.outer(place.level) as usize];
        self.params[frame.first_param as usize + usize::from(place.slot)]
    }

    /// The return of the present function, to be taken by one that replaces it.
    pub(super) fn caller(&self) -> Caller {
        let frame = &self.frames[self.present as usize];
        Caller { frame: frame.caller, back: frame.back }
    }

    pub(super) fn present(&self, back: usize) -> Caller {
        Caller { frame: self.present, back: back as u32 }
    }

    /// Begins a function.
    #[inline]
    pub(super) fn enter(
        &mut self,
        function: Function,
        env: u32,
        caller: Caller,
        params: impl Iterator<Item = Closure>,
    ) {
        let (first_slot, first_param) = (self.slots.len() as u32, self.params.len() as u32);
        self.slots.resize(self.slots.len() + usize::from(function.slots), Val::NULL);
        self.params.extend(params);
        self.frames.push(Frame { env, caller: caller.frame, back: caller.back, first_slot, first_param });
        self.present = (self.frames.len() - 1) as u32;
    }

    /// Gives the present frame up, if no fork needs it.
    #[inline]
    pub(super) fn discard(&mut self) {
        if self.present < self.floor {
            return;
        }
        let frame = &self.frames[self.present as usize];
        self.slots.truncate(frame.first_slot as usize);
        self.params.truncate(frame.first_param as usize);
        self.frames.truncate(self.present as usize);
    }

    /// Ends the present function; where its caller goes on.
    #[inline]
    pub(super) fn leave(&mut self) -> usize {
        let Caller { frame, back } = self.caller();
        self.discard();
        self.present = frame;
        back as usize
    }

    #[inline]
    pub(super) fn mark(&self) -> FrameMark {
        FrameMark {
            present: self.present,
            frames: self.frames.len() as u32,
            slots: self.slots.len() as u32,
            params: self.params.len() as u32,
        }
    }

    #[inline]
    pub(super) fn protect(&mut self, mark: FrameMark) {
        self.floor = mark.frames;
    }

    #[inline]
    pub(super) fn restore(&mut self, mark: FrameMark) {
        self.frames.truncate(mark.frames as usize);
        self.slots.truncate(mark.slots as usize);
        self.params.truncate(mark.params as usize);
        self.present = mark.present;
    }

    pub(super) fn bytes(&self) -> usize {
        self.frames.len() * size_of::<Frame>()
            + self.slots.len() * size_of::<Val>()
            + self.params.len() * size_of::<Closure>()
    }
}
