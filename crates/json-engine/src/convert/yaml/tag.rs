//! Tags: which of them mean something here, and the names of the others.
//!
//! Promise: a tag is known by what it resolves to, however it was spelled. Cost: an allocation for a tag that is not
//! known.

use std::sync::Arc;

/// Before the name of every tag of the YAML tag repository.
pub(super) const REPOSITORY: &str = "tag:yaml.org,2002:";

/// What the tag of a node says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tagging {
    /// There is none.
    Untagged,
    /// `!`: a scalar is text, whatever it looks like.
    NonSpecific,
    /// One that has a meaning here.
    Known(Known),
    /// Any other: `!name` of a local tag, or the URI of a global one.
    Named(Arc<str>),
}

/// The tags that have a meaning here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Str,
    Int,
    Float,
    Bool,
    Null,
    Seq,
    Map,
    Binary,
    Timestamp,
    Set,
    Omap,
}

impl Known {
    const ALL: [Known; 11] = [
        Known::Str,
        Known::Int,
        Known::Float,
        Known::Bool,
        Known::Null,
        Known::Seq,
        Known::Map,
        Known::Binary,
        Known::Timestamp,
        Known::Set,
        Known::Omap,
    ];

    /// Its name without the prefix of the repository.
    pub(super) fn name(self) -> &'static str {
        match self {
            Known::Str => "str",
            Known::Int => "int",
            Known::Float => "float",
            Known::Bool => "bool",
            Known::Null => "null",
            Known::Seq => "seq",
            Known::Map => "map",
            Known::Binary => "binary",
            Known::Timestamp => "timestamp",
            Known::Set => "set",
            Known::Omap => "omap",
        }
    }

    /// Its full name, as a tag that is kept.
    pub(super) fn full_name(self) -> Arc<str> {
        format!("{REPOSITORY}{}", self.name()).into()
    }

    /// The known tag of this name without the prefix of the repository.
    pub(super) fn named(name: &str) -> Option<Known> {
        Known::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// What `tag` says; `source` is how it is spelled. `Err` says what is wrong with it.
pub(super) fn tagging(tag: &granit_parser::Tag, source: Option<&str>) -> Result<Tagging, &'static str> {
    let is_verbatim = source.is_some_and(|source| source.starts_with("!<"));
    if is_verbatim && !is_complete(tag.suffix()) {
        return Err("a tag in !<…> is either a URI or '!' and a name");
    }
    if tag.handle().is_empty() && tag.suffix() == "!" {
        return Ok(Tagging::NonSpecific);
    }
    let name = format!("{}{}", tag.handle(), tag.suffix());
    let known = name.strip_prefix(REPOSITORY).and_then(Known::named);
    Ok(known.map_or_else(|| Tagging::Named(name.into()), Tagging::Known))
}

/// Whether a verbatim tag is a local tag with a name or a URI with a scheme (YAML 1.2.2 section 6.9.1).
fn is_complete(tag: &str) -> bool {
    if let Some(name) = tag.strip_prefix('!') {
        return !name.is_empty();
    }
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    tag.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty())
}

/// `name` as it stands before a node: `!name`, `!!name` or `!<uri>`; `None` for the names that [`Known`] has a meaning
/// for, since a reader would take the value for something else, and for what is no tag.
pub(super) fn shorthand(name: &str) -> Option<String> {
    if let Some(local) = name.strip_prefix('!') {
        return (!local.is_empty()).then(|| format!("!{}", percent(local, b"!,[]{}")));
    }
    if let Some(repository) = name.strip_prefix(REPOSITORY) {
        let is_taken =
            Known::named(repository).is_some_and(|known| !matches!(known, Known::Set | Known::Omap));
        return (!repository.is_empty() && !is_taken)
            .then(|| format!("!!{}", percent(repository, b"!,[]{}")));
    }
    is_complete(name).then(|| format!("!<{}>", percent(name, b"")))
}

/// The characters of a URI (YAML 1.2.2 rule 39) without `reserved` and `%`; any other byte is escaped.
fn percent(name: &str, reserved: &[u8]) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-#;/?:@&=+$,_.!~*'()[]".contains(&byte);
        if is_plain && !reserved.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(shorthand(name).as_deref(), expected, "{name}");
    }

    #[test]
    fn names_are_written_as_tags() {
        check("!local", Some("!local"));
        check("!e!x y", Some("!e%21x%20y"));
        check("!é[", Some("!%C3%A9%5B"));
        check("tag:yaml.org,2002:set", Some("!!set"));
        check("tag:yaml.org,2002:value", Some("!!value"));
        check("tag:example.com,2000:app/foo", Some("!<tag:example.com,2000:app/foo>"));
        for none in ["tag:yaml.org,2002:str", "tag:yaml.org,2002:", "", "!", "name", "$:?"] {
            check(none, None);
        }
    }
}
