//! Who is told what the scanner reads.

use super::Spelling;
use crate::{Profile, Severity};

/// What a scanner tells. Offsets are bytes of the text; a range holds its quotes.
pub(crate) trait Sink {
    /// What is checked beyond the grammar; a constant, so that a scan without checks does not even ask.
    const PROFILE: Profile = Profile::Json;
    /// How bad half of a surrogate pair is.
    const LONE_SURROGATE: Severity = Severity::Warning;

    /// A scalar value at `start..end`.
    #[inline(always)]
    fn scalar(&mut self, _kind: Scalar, _start: usize, _end: usize) {}
    /// A key, with its quotes.
    #[inline(always)]
    fn key(&mut self, _spelling: Spelling, _start: usize, _end: usize) {}
    /// An opening bracket.
    #[inline(always)]
    fn open(&mut self, _kind: Container, _at: usize) {}
    /// A closing bracket; `empty` when nothing was between.
    #[inline(always)]
    fn close(&mut self, _kind: Container, _at: usize, _content: Content) {}
    /// A comma.
    #[inline(always)]
    fn comma(&mut self) {}
    /// White space at `start..end`, not empty.
    #[inline(always)]
    fn space(&mut self, _start: usize, _end: usize) {}
    /// The object that closes next has some key twice.
    #[inline(always)]
    fn twice(&mut self) {}
    /// What there is to say about the number that it was told last; asked once after each.
    #[inline(always)]
    fn remark(&mut self) -> Option<Remark> {
        None
    }
    /// Whether what it wrote is to be taken away before it is told more; asked where a text comes in pieces.
    #[inline(always)]
    fn is_full(&self) -> bool {
        false
    }
}

/// What a sink that writes doubles can say about a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remark {
    /// It was written with another value.
    Rounded,
    /// No double is so large, and nothing was written.
    Overflow,
}

/// Kinds of scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    Null,
    True,
    False,
    /// A number.
    Number(Notation),
    /// A string.
    String(Spelling),
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    /// Digits, and perhaps a sign.
    Integer,
    /// With a fraction or an exponent.
    Other,
}

/// Kinds of containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Object,
    Array,
}

/// Whether something was between two brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    None,
    Some,
}

/// Tells nobody.
#[derive(Clone, Copy)]
pub(crate) struct Nobody;
impl Sink for Nobody {}

/// Tells nobody, and has what RFC 7493 restricts reported.
#[derive(Clone, Copy)]
pub(crate) struct Restricted;
impl Sink for Restricted {
    const PROFILE: Profile = Profile::IJson;
}

/// Tells nobody what stands behind an error. A kind of its own, so that the machine that goes on there is another copy
/// than the one that all texts run through, whose inlining it would spoil.
pub(super) struct Mending<S>(pub(super) S);
impl<S: Sink> Sink for Mending<S> {
    const PROFILE: Profile = S::PROFILE;
}

/// Passes on what is read of a part of a text. A kind of its own for the same reason.
pub(super) struct Parted<S>(pub(super) S);
impl<S: Sink> Sink for Parted<S> {
    const PROFILE: Profile = S::PROFILE;
    const LONE_SURROGATE: Severity = S::LONE_SURROGATE;

    #[inline(always)]
    fn scalar(&mut self, kind: Scalar, start: usize, end: usize) {
        self.0.scalar(kind, start, end);
    }
    #[inline(always)]
    fn key(&mut self, spelling: Spelling, start: usize, end: usize) {
        self.0.key(spelling, start, end);
    }
    #[inline(always)]
    fn open(&mut self, kind: Container, at: usize) {
        self.0.open(kind, at);
    }
    #[inline(always)]
    fn close(&mut self, kind: Container, at: usize, content: Content) {
        self.0.close(kind, at, content);
    }
    #[inline(always)]
    fn comma(&mut self) {
        self.0.comma();
    }
    #[inline(always)]
    fn space(&mut self, start: usize, end: usize) {
        self.0.space(start, end);
    }
    #[inline(always)]
    fn is_full(&self) -> bool {
        self.0.is_full()
    }
}
