//! Feed: a text that comes in pieces, cut anywhere, and is checked and written while it comes.
//!
//! The same scanner reads it, part by part. Promise: verdict, warnings and answer are those of [`validate`](crate::validate())
//! and [`format`](crate::format()), wherever it is cut; of the errors the first alone is reported, with its fix, and what lies
//! more than 4 KiB behind it does not count. Memory is what is not read yet, the longest token and the keys of the open objects,
//! never the text. Cost: one pass and a copy of the text; somewhat more than reading it whole.

use crate::answer::check_output;
use crate::error::{BudgetKind, LimitKind};
use crate::format::{Lines, Minify, PrettyPart};
use crate::scan::{AHEAD, Carried, Held, Nobody, Outcome, Part, Restricted, advance};
use crate::{Error, Indent, Profile, Report, ScanOptions};

/// Length of a piece of the answer, but for the last, and for a token or a piece of the text that is longer.
const PIECE: usize = 256 << 10;

/// How the text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedStyle {
    /// As it stands: it is only checked.
    Keep,
    /// Without white space outside strings.
    Minify,
    /// A member or element a line.
    Pretty(Indent),
}

/// What a feed may hold; what else bounds it is in [`ScanOptions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedLimits {
    /// Longest string, key or number, and longest white space behind a comma, in bytes. Default 16 MiB.
    pub max_token_bytes: usize,
    /// Most bytes that are held: what is not read, keys of open objects, and the answer that is not taken. Default 256 MiB.
    pub max_held_bytes: usize,
}

impl Default for FeedLimits {
    fn default() -> Self {
        FeedLimits { max_token_bytes: 16 << 20, max_held_bytes: 256 << 20 }
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    Complete,
    Failed,
}

/// A text that comes in pieces. Give it with [`Feed::push`], say [`Feed::close`] behind the last piece, and after each take the
/// answer with [`Feed::next_piece`] until there is none.
pub struct Feed {
    style: FeedStyle,
    options: ScanOptions,
    limits: FeedLimits,
    held: Held,
    carried: Carried,
    lines: Lines,
    out: Vec<u8>,
    state: State,
    /// Bytes that were not read when the machine wanted more: it is asked again when there are twice as many, so that a token
    /// that comes in many pieces is not read again for each.
    starved_with: usize,
    input_bytes: u64,
    output_bytes: u64,
}

impl Feed {
    /// A feed that is written as `style`. The profile counts only where it is kept as it stands; duplicate members stay.
    pub fn new(style: FeedStyle, options: &ScanOptions, limits: FeedLimits) -> Feed {
        let indent = match style {
            FeedStyle::Pretty(indent) => indent,
            FeedStyle::Keep | FeedStyle::Minify => Indent::default(),
        };
        Feed {
            style,
            options: *options,
            limits,
            held: Held::default(),
            carried: Carried::new(options, limits.max_token_bytes),
            lines: Lines::new(indent, usize::MAX),
            out: Vec::new(),
            state: State::Reading,
            starved_with: 0,
            input_bytes: 0,
            output_bytes: 0,
        }
    }

    /// Adds a piece of the text. Only copies and checks its encoding; [`Feed::next_piece`] reads it.
    pub fn push(&mut self, piece: &[u8]) {
        self.input_bytes += piece.len() as u64;
        self.held.push(piece);
    }

    /// The text is complete.
    pub fn close(&mut self) {
        self.held.close();
    }

    /// The next piece of the answer; `None` where more of the text is needed, or all is given. Fails on an invalid text, on a
    /// limit of the text, with [`LimitKind::Token`] and [`LimitKind::Output`], and with [`BudgetKind::Memory`]; what was given
    /// before is then worth nothing. Reads for about a millisecond a MiB that is held.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Error> {
        while self.state == State::Reading && self.out.len() < PIECE && self.is_worth_reading() {
            let read = self.read();
            if read.is_err() {
                self.state = State::Failed;
            }
            read?;
        }
        let is_ready = self.out.len() >= PIECE || (self.state == State::Complete && !self.out.is_empty());
        if !is_ready {
            return Ok(None);
        }
        let piece = std::mem::take(&mut self.out);
        self.output_bytes += piece.len() as u64;
        Ok(Some(piece))
    }

    /// Whether the text was valid; then all is read.
    pub fn is_complete(&self) -> bool {
        self.state == State::Complete
    }

    /// Warnings, and what the text holds.
    pub fn into_report(mut self) -> Report {
        self.carried.take_report(self.input_bytes)
    }

    /// Bytes of the text so far.
    pub fn input_bytes(&self) -> u64 {
        self.input_bytes
    }

    /// Bytes of the answer that were taken so far.
    pub fn output_bytes(&self) -> u64 {
        self.output_bytes
    }

    /// Bytes that are held.
    pub fn held_bytes(&self) -> usize {
        self.held.bytes() + self.carried.held_bytes() + self.out.len()
    }

    /// Bytes of the text that are not read yet.
    pub fn unread_bytes(&self) -> usize {
        self.held.unread()
    }

    fn is_worth_reading(&self) -> bool {
        self.held.is_last() || self.held.unread() > AHEAD.max(2 * self.starved_with)
    }

    fn read(&mut self) -> Result<(), Error> {
        self.check_bytes()?;
        let part = self.held.part();
        let (at, outcome) = match self.style {
            FeedStyle::Keep => keep(&mut self.carried, &part, self.options.profile, &mut self.out),
            FeedStyle::Minify => minify(&mut self.carried, &part, &mut self.out),
            FeedStyle::Pretty(_) => pretty(&mut self.carried, &part, &mut self.lines, &mut self.out),
        };
        self.held.go_on(at);
        match outcome {
            Outcome::Breach(error) => return Err(error),
            Outcome::Invalid => return Err(self.invalid()),
            Outcome::Complete => self.state = State::Complete,
            Outcome::Full => self.starved_with = 0,
            Outcome::Starved => {
                let unfinished = self.held.forget(&mut self.carried);
                self.starved_with = self.held.unread();
                self.check_token(unfinished)?;
            }
        }
        // Under DuplicateKeys::Reject the machine goes on behind an error.
        if !self.carried.report().is_valid() {
            return Err(self.invalid());
        }
        self.check_output()?;
        self.check_held()
    }

    fn invalid(&mut self) -> Error {
        Error::Invalid(Box::new(self.carried.take_report(self.input_bytes)))
    }

    fn check_bytes(&self) -> Result<(), Error> {
        let (allowed, actual) = (self.options.limits.max_bytes, self.input_bytes);
        if actual <= allowed {
            return Ok(());
        }
        Err(Error::Limit { limit: LimitKind::Bytes, allowed, actual, position: None })
    }

    /// `unfinished` bytes are there, and the token that they begin with is not whole, or the last [`AHEAD`] are too few.
    fn check_token(&self, unfinished: usize) -> Result<(), Error> {
        if unfinished <= AHEAD.max(self.limits.max_token_bytes) {
            return Ok(());
        }
        let (allowed, actual) = (self.limits.max_token_bytes as u64, unfinished as u64);
        let position = Some(self.held.place(&self.carried));
        Err(Error::Limit { limit: LimitKind::Token, allowed, actual, position })
    }

    fn check_output(&self) -> Result<(), Error> {
        check_output(self.output_bytes + self.out.len() as u64, self.options.limits.max_output_bytes)
    }

    fn check_held(&self) -> Result<(), Error> {
        let (allowed, used) = (self.limits.max_held_bytes as u64, self.held_bytes() as u64);
        if used <= allowed {
            return Ok(());
        }
        Err(Error::Budget { kind: BudgetKind::Memory, allowed, used })
    }
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("style", &self.style).field("state", &self.state).finish_non_exhaustive()
    }
}

fn keep(carried: &mut Carried, part: &Part<'_>, profile: Profile, out: &mut Vec<u8>) -> (usize, Outcome) {
    let (at, outcome) = match profile {
        Profile::Json => {
            let (Nobody, at, outcome) = advance(carried, part, Nobody);
            (at, outcome)
        }
        Profile::IJson => {
            let (Restricted, at, outcome) = advance(carried, part, Restricted);
            (at, outcome)
        }
    };
    out.extend_from_slice(&part.text()[part.at()..at]);
    (at, outcome)
}

fn minify(carried: &mut Carried, part: &Part<'_>, out: &mut Vec<u8>) -> (usize, Outcome) {
    let sink = Minify::on_part(part.text(), part.at(), std::mem::take(out));
    let (sink, at, outcome) = advance(carried, part, sink);
    *out = sink.leave_part(at);
    (at, outcome)
}

fn pretty(carried: &mut Carried, part: &Part<'_>, lines: &mut Lines, out: &mut Vec<u8>) -> (usize, Outcome) {
    let sink = PrettyPart::new(part.text(), lines.clone(), std::mem::take(out), PIECE);
    let (sink, at, outcome) = advance(carried, part, sink);
    (*lines, *out) = sink.leave();
    (at, outcome)
}
