//! A stack of values in blocks of one size: it grows without moving what lies on it, and what is taken off is copied once,
//! into as much memory as it needs.
//!
//! Cost: one comparison a value; beside the values at most one block that is not full.

/// Values of a block, so many that a block pays for itself and so few that it stays near the processor.
const BLOCK: usize = 1024;

pub(super) struct Stack<T> {
    /// Blocks under the top one, none of them empty.
    under: Vec<Vec<T>>,
    /// Values in the blocks under the top one.
    below: usize,
    /// Empty only where the stack is.
    top: Vec<T>,
}

impl<T> Stack<T> {
    /// An empty stack with room for `count` values, or for a block where that is less.
    pub(super) fn with_capacity(count: usize) -> Stack<T> {
        Stack { under: Vec::new(), below: 0, top: Vec::with_capacity(count.min(BLOCK)) }
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.below + self.top.len()
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: T) {
        if self.top.len() == self.top.capacity() {
            self.make_room();
        }
        self.top.push(value);
    }

    #[inline(always)]
    pub(super) fn last_mut(&mut self) -> Option<&mut T> {
        self.top.last_mut()
    }

    /// What lies there from `first` on.
    #[inline]
    pub(super) fn take(&mut self, first: usize) -> Vec<T> {
        match first.checked_sub(self.below) {
            Some(0) if self.under.is_empty() => {
                // In as much memory as it needs, where `split_off` would give the whole block away.
                let mut taken = Vec::with_capacity(self.top.len());
                taken.append(&mut self.top);
                taken
            }
            None | Some(0) => self.take_blocks(first),
            Some(from) => self.top.split_off(from),
        }
    }

    #[cold]
    fn make_room(&mut self) {
        if self.top.len() < BLOCK {
            let twice = (2 * self.top.len()).clamp(16, BLOCK);
            self.top.reserve_exact(twice - self.top.len());
            return;
        }
        self.below += self.top.len();
        self.under.push(std::mem::replace(&mut self.top, Vec::with_capacity(BLOCK)));
    }

    /// What lies there from `first` on, if more than the top block does not lie under it.
    fn take_blocks(&mut self, first: usize) -> Vec<T> {
        let mut taken = Vec::with_capacity(self.len() - first);
        let mut lowest = self.under.len();
        while self.below > first {
            lowest -= 1;
            self.below -= self.under[lowest].len();
        }
        let mut whole = self.under.split_off(lowest);
        whole.push(std::mem::take(&mut self.top));
        for (index, mut block) in whole.into_iter().enumerate() {
            if index > 0 {
                taken.append(&mut block);
                continue;
            }
            taken.extend(block.drain(first - self.below..));
            self.top = block;
        }
        if self.top.is_empty()
            && let Some(block) = self.under.pop()
        {
            self.below -= block.len();
            self.top = block;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the plain meaning, a list; `taken` are the lengths that are left one after the other.
    fn check(capacity: usize, pushed: usize, left: &[usize]) {
        let (mut stack, mut model) = (Stack::with_capacity(capacity), Vec::new());
        for &first in left {
            while model.len() < pushed {
                stack.push(model.len().to_string());
                model.push(model.len().to_string());
            }
            assert_eq!(stack.take(first), model.split_off(first), "{capacity} {pushed} {first}");
            assert_eq!((stack.len(), stack.last_mut()), (model.len(), model.last_mut()), "{pushed} {first}");
        }
    }

    #[test]
    fn a_stack_is_a_list() {
        for pushed in [0, 1, 15, 16, 17, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5] {
            for capacity in [0, 1, 100, BLOCK, 5 * BLOCK] {
                for first in [0, 1, 17, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK] {
                    if first <= pushed {
                        check(capacity, pushed, &[first, first, first / 2, 0, first, 0]);
                    }
                }
            }
        }
    }
}
