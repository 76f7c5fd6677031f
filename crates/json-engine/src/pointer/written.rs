//! A JSON Pointer as positions have it: it grows token by token and is cut at 16 KiB, since keys may be as long as the text and
//! a report has a pointer for each of its findings.
//!
//! Cost: the part of each token that is kept.

use super::escape;

/// The pointer so far.
#[derive(Debug, Default)]
pub(crate) struct Written(String);

impl Written {
    /// Longest pointer of a position, in bytes.
    pub(crate) const LONGEST: usize = 16 << 10;

    /// The pointer `parent`, to go on from there.
    pub(crate) fn at(parent: &str) -> Written {
        Written(parent.to_owned())
    }

    /// Goes to a member.
    pub(crate) fn key(&mut self, key: &str) {
        if let Some(room) = self.room() {
            self.0.push('/');
            // One character more than has room, so that the end sees that there is more.
            self.0.push_str(&escape(&key[..key.ceil_char_boundary(room.min(key.len()))]));
        }
    }

    /// Goes to an element.
    pub(crate) fn index(&mut self, index: usize) {
        if self.room().is_some() {
            self.0.push('/');
            self.0.push_str(itoa::Buffer::new().format(index));
        }
    }

    /// Goes into the form of a value that JSON lacks; `path` is a pointer itself.
    pub(crate) fn form(&mut self, path: &str) {
        if self.room().is_some() {
            self.0.push_str(path);
        }
    }

    /// The pointer; one that was cut ends with `…`.
    pub(crate) fn finish(mut self) -> String {
        if self.0.len() > Self::LONGEST {
            self.0.truncate(self.0.floor_char_boundary(Self::LONGEST));
            self.0.push('…');
        }
        self.0
    }

    /// Bytes that are still seen.
    fn room(&self) -> Option<usize> {
        (Self::LONGEST + 1).checked_sub(self.0.len()).filter(|room| *room > 0)
    }
}

/// A pointer as positions have it.
pub(crate) fn cut_pointer(pointer: String) -> String {
    Written(pointer).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[&str], expected: &str) {
        let mut written = Written::default();
        keys.iter().for_each(|key| written.key(key));
        assert_eq!(written.finish(), expected);
    }

    #[test]
    fn tokens_are_escaped() {
        check(&[], "");
        check(&["", "a/b", "~1", "é"], "//a~1b/~01/é");
        let mut written = Written::at("/a");
        written.index(7);
        written.form("/$map/0/1");
        assert_eq!(written.finish(), "/a/7/$map/0/1");
    }

    #[test]
    fn a_pointer_is_cut_at_16_kib() {
        let fits = "k".repeat(Written::LONGEST - 1);
        check(&[&fits], &format!("/{fits}"));
        check(&[&fits, ""], &format!("/{fits}…"));
        check(&[&fits, "a", "b"], &format!("/{fits}…"));
        check(&[&"k".repeat(Written::LONGEST)], &format!("/{fits}…"));
        check(&[&"~".repeat(1 << 20)], &format!("/{}~…", "~0".repeat(Written::LONGEST / 2 - 1)));
        check(&[&"é".repeat(1 << 20)], &format!("/{}…", "é".repeat(Written::LONGEST / 2 - 1)));
    }
}
