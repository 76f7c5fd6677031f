//! The machine: the grammar of RFC 8259 without recursion, on an explicit stack.
//!
//! Every way out of it is cold and lies in [`fault`](super::fault). Cost: one pass; what it tells a sink that does not care
//! is inlined away.

use super::fault::{Step, breach, stop, trailing_comma};
use super::{Container, Content, Frame, Kind, Remark, Scalar, Scanner, Sink, Spelling};
use crate::error::LimitKind;
use crate::{Profile, Severity};

impl<S: Sink> Scanner<'_, S> {
    /// The machine: a value, then whatever must follow it, until the stack is empty.
    pub(super) fn values(&mut self) -> Step {
        loop {
            if self.value()? {
                continue;
            }
            if self.after_value()? {
                return Ok(());
            }
        }
    }

    /// Reads one value, or opens a container that has content; then says that a value follows.
    #[inline]
    fn value(&mut self) -> Step<bool> {
        let start = self.at;
        let Some(&byte) = self.text.get(start) else {
            return stop(Kind::UnexpectedEnd, start, start);
        };
        self.count_node(start)?;
        match byte {
            b'"' => {
                let spelling = self.string()?;
                if S::PROFILE == Profile::IJson {
                    self.check_text(start, self.at);
                }
                self.stats.strings += 1;
                self.sink.scalar(Scalar::String(spelling), start, self.at);
            }
            b'-' | b'0'..=b'9' => {
                let notation = self.number()?;
                if S::PROFILE == Profile::IJson {
                    self.check_number(start);
                }
                self.stats.numbers += 1;
                self.sink.scalar(Scalar::Number(notation), start, self.at);
                match self.sink.remark() {
                    None => {}
                    Some(Remark::Rounded) => self.warn(Kind::NumberRounded, start, self.at),
                    Some(Remark::Overflow) => {
                        self.report(Severity::Error, Kind::NumberOverflow, start, self.at);
                    }
                }
            }
            b'{' => return self.open_object(),
            b'[' => return self.open_array(),
            b't' => self.literal(b"true", Scalar::True)?,
            b'f' => self.literal(b"false", Scalar::False)?,
            b'n' => self.literal(b"null", Scalar::Null)?,
            _ => return self.no_value(byte),
        }
        Ok(false)
    }

    #[inline]
    pub(super) fn count_node(&mut self, at: usize) -> Step {
        self.stats.nodes += 1;
        let allowed = self.options.limits.max_nodes;
        if self.stats.nodes > allowed {
            return breach(LimitKind::Nodes, allowed, self.stats.nodes, at);
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn open(&mut self, kind: Container, frame: Frame) -> Step {
        let (at, depth) = (self.at, self.stack.len() as u64 + 1);
        let allowed = u64::from(self.options.limits.max_depth);
        if depth > allowed {
            return breach(LimitKind::Depth, allowed, depth, at);
        }
        self.stats.depth = self.stats.depth.max(u32::try_from(depth).unwrap_or(u32::MAX));
        self.sink.open(kind, at);
        self.stack.push(frame);
        self.at += 1;
        self.space();
        Ok(())
    }

    fn open_object(&mut self) -> Step<bool> {
        self.stats.objects += 1;
        self.open(Container::Object, Frame::Object(self.keys.len()))?;
        if self.text.get(self.at) == Some(&b'}') {
            self.stack.pop();
            self.sink.close(Container::Object, self.at, Content::None);
            self.at += 1;
            return Ok(false);
        }
        self.member()?;
        Ok(true)
    }

    fn open_array(&mut self) -> Step<bool> {
        self.stats.arrays += 1;
        self.open(Container::Array, Frame::Array(0))?;
        if self.text.get(self.at) == Some(&b']') {
            self.stack.pop();
            self.sink.close(Container::Array, self.at, Content::None);
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// A key and its colon; afterwards a value follows.
    #[inline]
    pub(super) fn member(&mut self) -> Step {
        let start = self.at;
        self.in_key = true;
        if self.text.get(start) != Some(&b'"') {
            return self.no_key(start);
        }
        let spelling = self.string()?;
        self.end_key(start, spelling);
        self.colon()
    }

    /// The key that began at `start` is read.
    #[inline(always)]
    pub(super) fn end_key(&mut self, start: usize, spelling: Spelling) {
        if S::PROFILE == Profile::IJson {
            self.check_text(start, self.at);
        }
        self.in_key = false;
        self.stats.members += 1;
        self.sink.key(spelling, start, self.at);
        self.keys.push(self.text, start + 1, self.at - 1, spelling);
    }

    #[inline(always)]
    pub(super) fn colon(&mut self) -> Step {
        self.space();
        if self.text.get(self.at) != Some(&b':') {
            return self.no_colon();
        }
        self.at += 1;
        self.space();
        Ok(())
    }

    /// The innermost object is complete: its keys are compared and forgotten.
    #[inline(always)]
    pub(super) fn leave_object(&mut self, first: usize) {
        if self.keys.some_twice(self.text, first) {
            self.report_duplicates(first);
        }
        self.keys.truncate(first);
    }

    /// After a value: a comma and the next, or closing brackets. Says whether the document is complete.
    #[inline]
    pub(super) fn after_value(&mut self) -> Step<bool> {
        loop {
            let Some(&frame) = self.stack.last() else {
                return Ok(true);
            };
            self.space();
            let kind = match (self.text.get(self.at), frame) {
                (Some(b','), Frame::Array(_)) => {
                    self.comma(b']')?;
                    if let Some(Frame::Array(index)) = self.stack.last_mut() {
                        *index += 1;
                    }
                    return Ok(false);
                }
                (Some(b','), Frame::Object(_)) => {
                    self.comma(b'}')?;
                    self.member()?;
                    return Ok(false);
                }
                (Some(b']'), Frame::Array(_)) => Container::Array,
                (Some(b'}'), Frame::Object(first)) => {
                    self.leave_object(first);
                    Container::Object
                }
                (other, _) => return self.no_separator(other.copied()),
            };
            self.stack.pop();
            self.sink.close(kind, self.at, Content::Some);
            self.at += 1;
        }
    }

    #[inline(always)]
    fn comma(&mut self, close: u8) -> Step {
        let comma = self.at;
        self.sink.comma();
        self.at += 1;
        self.space();
        if self.text.get(self.at) == Some(&close) {
            return trailing_comma(comma);
        }
        Ok(())
    }

    pub(super) fn literal(&mut self, word: &[u8], kind: Scalar) -> Step {
        let start = self.at;
        if !self.text[start..].starts_with(word) {
            return stop(self.bad_word(start), start, self.word_end(start));
        }
        self.at += word.len();
        match kind {
            Scalar::Null => self.stats.nulls += 1,
            _ => self.stats.booleans += 1,
        }
        self.sink.scalar(kind, start, self.at);
        Ok(())
    }

    /// White space; mostly there is none, else one, else a line end and its indentation.
    #[inline(always)]
    pub(super) fn space(&mut self) {
        if let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
            let start = self.at;
            self.at += 1;
            if let Some(0..=b' ') = self.text.get(self.at) {
                self.at = space_end(self.text, self.at);
            }
            self.sink.space(start, self.at);
        }
    }
}

/// Where the white space that goes on at `at` ends.
#[inline]
fn space_end(text: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = text[at..].first_chunk::<8>() {
        let blanks = u64::from_le_bytes(*chunk) ^ 0x2020_2020_2020_2020;
        if blanks == 0 {
            at += 8;
            continue;
        }
        at += blanks.trailing_zeros() as usize / 8;
        if !matches!(text[at], b'\n' | b'\r' | b'\t') {
            return at;
        }
        at += 1;
    }
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}
