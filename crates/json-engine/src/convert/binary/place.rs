//! Where a complete value goes: into its array, under its key, or as a key itself.

use std::ops::Range;
use std::sync::Arc;

use super::Step;
use super::frame::{self, Frame, Kind, Pairs};
use super::source::invalid;
use super::tree::Tree;
use crate::convert::allowance::check_key_text;
use crate::convert::build::Keep;
use crate::convert::foreign::{self, Foreign};
use crate::convert::losses::Loss;
use crate::document::{Document, Key};
use crate::error::Error;
use crate::spans::Spans;
use crate::{Code, DuplicateKeys};

/// Levels that the form of a map has more than an object.
const MAP_LEVELS: u32 = 2;

impl Tree<'_> {
    /// A scalar or form of `height` levels goes where it belongs, and closes what it fills.
    #[inline]
    pub(super) fn put(&mut self, value: Document, height: u32, place: Range<usize>) -> Step {
        if self.keep == Keep::Spans {
            self.spans.push(Spans::new(place.clone()));
        }
        self.put_complete(value, height, place)
    }

    /// Closes the innermost container if it has all its items.
    pub(super) fn close_if_full(&mut self, end: usize) -> Step {
        let Some(frame) = self.open.pop_if(|frame| frame.left == Some(0)) else {
            return Ok(());
        };
        let start = frame.start;
        let (value, height) = self.close(frame, end)?;
        self.put_complete(value, height, start..end)
    }

    /// As [`Tree::put`], where the spans of the value are there already.
    fn put_complete(&mut self, mut value: Document, mut height: u32, mut place: Range<usize>) -> Step {
        loop {
            if height > 0 {
                self.check_depth(height, place.start)?;
            }
            let Some(frame) = self.open.last_mut() else {
                self.root = Some(value);
                return Ok(());
            };
            frame.height = frame.height.max(height + 1);
            // A full frame is closed at once, so one is left here.
            frame.left = frame.left.map(|left| left.saturating_sub(1));
            self.deliver(value, &place)?;
            let Some(full) = self.open.pop_if(|frame| frame.left == Some(0)) else {
                return Ok(());
            };
            place.start = full.start;
            (value, height) = self.close(full, place.end)?;
        }
    }

    #[inline]
    fn deliver(&mut self, value: Document, place: &Range<usize>) -> Step {
        let Some(frame) = self.open.last_mut() else {
            return Ok(());
        };
        match &mut frame.kind {
            Kind::Array(elements) => elements.push(value),
            Kind::Tag(_, inside) => *inside = Some(value),
            Kind::Object(members, present) => match present.take() {
                Some((key, key_place)) => {
                    if self.duplicate_keys == DuplicateKeys::First && members.contains_key(&key) {
                        self.spans.pop_if(|_| self.keep == Keep::Spans);
                        return self.twice(&key, &key_place);
                    }
                    let (index, before) = members.insert_full(key, value);
                    if before.is_some() || self.keep == Keep::Spans {
                        return self.member(index, &key_place, before.as_ref());
                    }
                }
                None => return self.odd_key(value, place),
            },
            Kind::Pairs(_) => return self.half(value, place),
        }
        Ok(())
    }

    /// The member at `index` was added, or replaced `before`.
    fn member(&mut self, index: usize, key_place: &Range<usize>, before: Option<&Document>) -> Step {
        let Some(frame) = self.open.last() else {
            return Ok(());
        };
        if let Some(spans) = self.spans.pop_if(|_| self.keep == Keep::Spans) {
            let spans = spans.under(key_place);
            match self.spans.get_mut(frame.spans_from + index) {
                Some(present) => *present = spans,
                None => self.spans.push(spans),
            }
        }
        let key = match &frame.kind {
            Kind::Object(members, _) => members.get_index(index).map(|(key, _)| key.clone()),
            Kind::Array(_) | Kind::Pairs(_) | Kind::Tag(..) => None,
        };
        match (before, key) {
            (Some(_), Some(key)) => self.twice(&key, key_place),
            _ => Ok(()),
        }
    }

    #[cold]
    fn twice(&mut self, key: &Key, place: &Range<usize>) -> Step {
        if self.duplicate_keys == DuplicateKeys::Reject {
            return Err(self.refuse_duplicate(place));
        }
        let key = key.literal();
        let what = "stands in this map already; only one of the members is kept";
        self.losses.add(|| Loss {
            code: Code::DuplicateDropped,
            message: format!("the key {} {what}", shown(key)),
            pointer: frame::member_pointer(&self.open, self.foreign, key),
            place: Some(place.clone()),
        });
        Ok(())
    }

    /// The map has a key that is no text.
    #[cold]
    fn odd_key(&mut self, key: Document, place: &Range<usize>) -> Step {
        if self.foreign == Foreign::Plain {
            return self.key_as_text(key, place);
        }
        let key_spans = self.spans.pop_if(|_| self.keep == Keep::Spans);
        if let Some(frame) = self.open.last_mut()
            && let Kind::Object(members, _) = &mut frame.kind
        {
            let members = std::mem::take(members);
            let pairs = members.len() as u64;
            frame.kind = Kind::Pairs(Box::new(Pairs::of(members)));
            let halves = self.spans.split_off(frame.spans_from.min(self.spans.len()));
            self.spans
                .extend(halves.into_iter().flat_map(|value| [Spans::new(value.key()), value.unkeyed()]));
            self.count(1 + 2 * pairs, place.start)?;
        }
        self.spans.extend(key_spans);
        self.half(key, place)
    }

    fn key_as_text(&mut self, key: Document, place: &Range<usize>) -> Step {
        let text = match key {
            Document::Str(text) => text,
            other => {
                let text = frame::text(&other);
                check_key_text(text.len(), place.start).map_err(Box::new)?;
                String::from_utf8_lossy(&text).into()
            }
        };
        self.meter.hold(text.len() as u64).map_err(Box::new)?;
        self.meter.charge(text.len() as u64 / 16).map_err(Box::new)?;
        self.spans.pop_if(|_| self.keep == Keep::Spans);
        self.losses.add(|| Loss {
            code: Code::KeyAsText,
            message: format!("a key that is no text became the text {}", shown(&text)),
            pointer: frame::member_pointer(&self.open, self.foreign, &text),
            place: Some(place.clone()),
        });
        if let Some(Frame { kind: Kind::Object(_, present), .. }) = self.open.last_mut() {
            *present = Some((Key::Text(text), place.clone()));
        }
        Ok(())
    }

    /// A key or a value of a map that is no object.
    fn half(&mut self, half: Document, place: &Range<usize>) -> Step {
        let Some(Frame { kind: Kind::Pairs(pairs), .. }) = self.open.last_mut() else {
            return Ok(());
        };
        if let Some(key) = pairs.key.take() {
            pairs.pairs.push((key, half));
            return Ok(());
        }
        let (length, is_new) = pairs.begin(half);
        self.meter.hold(length as u64).map_err(Box::new)?;
        self.meter.charge(length as u64 / 16).map_err(Box::new)?;
        // The pair, and its key.
        self.count(2, place.start)?;
        if is_new {
            return Ok(());
        }
        if self.duplicate_keys == DuplicateKeys::Reject {
            return Err(self.refuse_duplicate(place));
        }
        self.losses.warn(|| Loss {
            code: Code::DuplicateKey,
            message: "a key stands in this map already; both were kept".to_owned(),
            pointer: frame::pointer(&self.open, self.foreign),
            place: Some(place.clone()),
        });
        Ok(())
    }

    #[cold]
    fn refuse_duplicate(&self, place: &Range<usize>) -> Box<Error> {
        let message = "a key stands in this map already".to_owned();
        Box::new(invalid(self.source, Code::DuplicateKey, place.clone(), message))
    }

    /// What a complete frame is, and how many levels it has.
    fn close(&mut self, frame: Frame, end: usize) -> Step<(Document, u32)> {
        let (place, from, height) = (frame.start..end, frame.spans_from, frame.height);
        match frame.kind {
            Kind::Array(elements) => {
                self.join_spans(place, from);
                Ok((Document::Arr(Arc::new(elements)), height))
            }
            Kind::Object(members, _) => {
                let object = Document::Obj(Arc::new(members));
                if self.foreign == Foreign::Plain || !foreign::looks_tagged(&object) {
                    self.join_spans(place, from);
                    return Ok((object, height));
                }
                self.count(5, place.start)?;
                self.map_spans(place, from);
                Ok((frame::as_map(object), height + MAP_LEVELS))
            }
            Kind::Pairs(pairs) => {
                self.map_spans(place, from);
                Ok((foreign::map(pairs.pairs), height + MAP_LEVELS))
            }
            Kind::Tag(tag, inside) => {
                let inside = inside.unwrap_or(Document::Null);
                if self.foreign == Foreign::Plain {
                    return Ok((inside, height - 1));
                }
                self.count(1, place.start)?;
                self.tag_spans(place);
                Ok((foreign::tagged(&tag, inside), height))
            }
        }
    }

    #[inline]
    fn join_spans(&mut self, place: Range<usize>, from: usize) {
        if self.keep == Keep::Spans {
            let children = self.spans.split_off(from);
            self.spans.push(Spans::new(place).with(children));
        }
    }

    /// The spans of a map in its form: an object, an array, and an array a pair.
    fn map_spans(&mut self, place: Range<usize>, from: usize) {
        if self.keep == Keep::Nothing {
            return;
        }
        let mut halves = Vec::new();
        for half in self.spans.split_off(from) {
            match half.key().is_empty() {
                true => halves.push(half),
                false => halves.extend([Spans::new(half.key()), half.unkeyed()]),
            }
        }
        let pairs = halves.chunks(2).map(|pair| {
            let start = pair.first().map_or(place.start, |key| key.value().start);
            let end = pair.last().map_or(place.end, |value| value.value().end);
            Spans::new(start..end).with(pair.to_vec())
        });
        let pairs = Spans::new(place.clone()).with(pairs.collect());
        self.spans.push(Spans::new(place).with(vec![pairs]));
    }

    fn tag_spans(&mut self, place: Range<usize>) {
        if let Some(value) = self.spans.pop_if(|_| self.keep == Keep::Spans) {
            let head = Spans::new(place.start..value.value().start);
            self.spans.push(Spans::new(place).with(vec![head, value]));
        }
    }
}

/// A key for a message, at most 64 bytes of it.
fn shown(key: &str) -> String {
    let end = (0..=key.len().min(48)).rev().find(|at| key.is_char_boundary(*at)).unwrap_or(0);
    let more = if end < key.len() { "…" } else { "" };
    format!("{:?}{more}", &key[..end])
}
