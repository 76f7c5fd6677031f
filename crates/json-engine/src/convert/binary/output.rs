//! The answer of a writer as it grows: bytes up to a limit, losses, and the way to the present value.

use super::Step;
use crate::Code;
use crate::budget::Meter;
use crate::convert::Writing;
use crate::convert::losses::{Loss, Losses};
use crate::document::Key;
use crate::error::{Error, LimitKind};
use crate::pointer::Written;

/// One step of the way to a value.
#[derive(Clone, Copy)]
pub(crate) enum Token<'d> {
    Index(usize),
    Key(&'d Key),
    Name(&'static str),
}

/// Bytes, losses and the way.
pub(crate) struct Output<'w, 'd> {
    bytes: Vec<u8>,
    max_bytes: u64,
    pub(crate) meter: Meter<'w>,
    losses: &'w mut Losses,
    path: Vec<Token<'d>>,
}

impl<'w, 'd> Output<'w, 'd> {
    pub(crate) fn new(writing: &Writing<'w>, losses: &'w mut Losses) -> Result<Output<'w, 'd>, Error> {
        let meter = Meter::open(writing.budget)?;
        Ok(Output { bytes: Vec::new(), max_bytes: writing.max_output_bytes, meter, losses, path: Vec::new() })
    }

    /// Appends `bytes`; fails with `LimitKind::Output`.
    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Step {
        let length = (self.bytes.len() + bytes.len()) as u64;
        if length > self.max_bytes {
            return Err(too_large(self.max_bytes, length));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Appends `initial` and, big endian, the `N` bytes behind it.
    #[inline]
    pub(crate) fn head<const N: usize>(&mut self, initial: u8, argument: [u8; N]) -> Step {
        let length = (self.bytes.len() + 1 + N) as u64;
        if length > self.max_bytes {
            return Err(too_large(self.max_bytes, length));
        }
        self.bytes.push(initial);
        self.bytes.extend_from_slice(&argument);
        Ok(())
    }

    /// The present value has lost something.
    #[cold]
    pub(crate) fn lose(&mut self, code: Code, message: impl FnOnce() -> String) {
        let path = &self.path;
        self.losses.add(|| Loss { code, message: message(), pointer: pointer(path), place: None });
    }

    /// Goes down to a child; [`Output::step`] says to which.
    pub(crate) fn enter(&mut self) {
        self.path.push(Token::Index(0));
    }

    /// The child that is written next.
    #[inline]
    pub(crate) fn step(&mut self, token: Token<'d>) {
        if let Some(last) = self.path.last_mut() {
            *last = token;
        }
    }

    /// Goes back up.
    pub(crate) fn leave(&mut self) {
        self.path.pop();
    }

    /// The answer.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

#[cold]
fn too_large(allowed: u64, actual: u64) -> Box<Error> {
    Box::new(Error::Limit { limit: LimitKind::Output, allowed, actual, position: None })
}

fn pointer(path: &[Token<'_>]) -> String {
    let mut pointer = Written::default();
    for token in path {
        match token {
            Token::Index(index) => pointer.index(*index),
            Token::Key(key) => pointer.key(key.literal()),
            Token::Name(name) => pointer.key(name),
        }
    }
    pointer.finish()
}
