//! What the scanner has to say about a text.

use std::ops::Range;

use crate::Position;
use crate::document::Document;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The document is not valid.
    Error,
    /// The document is valid, yet readers may disagree about it.
    Warning,
}

/// Stable name of a kind of finding. `docs/diagnostics.md` explains each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "docs/diagnostics.md is the one place that explains them; a test keeps it complete"
)]
pub enum Code {
    BytesAsText,
    ByteOrderMark,
    CborMalformed,
    Comment,
    CommentDropped,
    ControlCharacter,
    CsvSyntax,
    DatetimeAsText,
    DuplicateDropped,
    DuplicateKey,
    EmptyInput,
    InvalidEscape,
    InvalidLiteral,
    InvalidNumber,
    InvalidUtf8,
    KeyAsText,
    LeadingZero,
    LoneSurrogate,
    MergeConflict,
    MismatchedBracket,
    MissingColon,
    MissingComma,
    MissingValue,
    MsgpackMalformed,
    NanOrInfinity,
    Noncharacter,
    NonFiniteAsNull,
    NullDropped,
    NumberIncomplete,
    NumberPlusSign,
    NumberRounded,
    NumberUnsafe,
    OrderChanged,
    SchemaInvalid,
    SchemaViolation,
    SingleQuoted,
    StructureChanged,
    SurrogateReplaced,
    TagDropped,
    TomlSyntax,
    TrailingComma,
    TrailingContent,
    TypeDropped,
    UndefinedAsNull,
    UnexpectedCharacter,
    UnexpectedEnd,
    UnquotedKey,
    UnterminatedString,
    YamlSyntax,
}

impl Code {
    /// Every code, in the order of its name.
    pub const ALL: [Code; 49] = [
        Code::BytesAsText,
        Code::ByteOrderMark,
        Code::CborMalformed,
        Code::Comment,
        Code::CommentDropped,
        Code::ControlCharacter,
        Code::CsvSyntax,
        Code::DatetimeAsText,
        Code::DuplicateDropped,
        Code::DuplicateKey,
        Code::EmptyInput,
        Code::InvalidEscape,
        Code::InvalidLiteral,
        Code::InvalidNumber,
        Code::InvalidUtf8,
        Code::KeyAsText,
        Code::LeadingZero,
        Code::LoneSurrogate,
        Code::MergeConflict,
        Code::MismatchedBracket,
        Code::MissingColon,
        Code::MissingComma,
        Code::MissingValue,
        Code::MsgpackMalformed,
        Code::NanOrInfinity,
        Code::Noncharacter,
        Code::NonFiniteAsNull,
        Code::NullDropped,
        Code::NumberIncomplete,
        Code::NumberPlusSign,
        Code::NumberRounded,
        Code::NumberUnsafe,
        Code::OrderChanged,
        Code::SchemaInvalid,
        Code::SchemaViolation,
        Code::SingleQuoted,
        Code::StructureChanged,
        Code::SurrogateReplaced,
        Code::TagDropped,
        Code::TomlSyntax,
        Code::TrailingComma,
        Code::TrailingContent,
        Code::TypeDropped,
        Code::UndefinedAsNull,
        Code::UnexpectedCharacter,
        Code::UnexpectedEnd,
        Code::UnquotedKey,
        Code::UnterminatedString,
        Code::YamlSyntax,
    ];

    /// The name, UPPER_SNAKE; it never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::BytesAsText => "BYTES_AS_TEXT",
            Code::ByteOrderMark => "BYTE_ORDER_MARK",
            Code::CborMalformed => "CBOR_MALFORMED",
            Code::Comment => "COMMENT",
            Code::CommentDropped => "COMMENT_DROPPED",
            Code::ControlCharacter => "CONTROL_CHARACTER",
            Code::CsvSyntax => "CSV_SYNTAX",
            Code::DatetimeAsText => "DATETIME_AS_TEXT",
            Code::DuplicateDropped => "DUPLICATE_DROPPED",
            Code::DuplicateKey => "DUPLICATE_KEY",
            Code::EmptyInput => "EMPTY_INPUT",
            Code::InvalidEscape => "INVALID_ESCAPE",
            Code::InvalidLiteral => "INVALID_LITERAL",
            Code::InvalidNumber => "INVALID_NUMBER",
            Code::InvalidUtf8 => "INVALID_UTF8",
            Code::KeyAsText => "KEY_AS_TEXT",
            Code::LeadingZero => "LEADING_ZERO",
            Code::LoneSurrogate => "LONE_SURROGATE",
            Code::MergeConflict => "MERGE_CONFLICT",
            Code::MismatchedBracket => "MISMATCHED_BRACKET",
            Code::MissingColon => "MISSING_COLON",
            Code::MissingComma => "MISSING_COMMA",
            Code::MissingValue => "MISSING_VALUE",
            Code::MsgpackMalformed => "MSGPACK_MALFORMED",
            Code::NanOrInfinity => "NAN_OR_INFINITY",
            Code::Noncharacter => "NONCHARACTER",
            Code::NonFiniteAsNull => "NON_FINITE_AS_NULL",
            Code::NullDropped => "NULL_DROPPED",
            Code::NumberIncomplete => "NUMBER_INCOMPLETE",
            Code::NumberPlusSign => "NUMBER_PLUS_SIGN",
            Code::NumberRounded => "NUMBER_ROUNDED",
            Code::NumberUnsafe => "NUMBER_UNSAFE",
            Code::OrderChanged => "ORDER_CHANGED",
            Code::SchemaInvalid => "SCHEMA_INVALID",
            Code::SchemaViolation => "SCHEMA_VIOLATION",
            Code::SingleQuoted => "SINGLE_QUOTED",
            Code::StructureChanged => "STRUCTURE_CHANGED",
            Code::SurrogateReplaced => "SURROGATE_REPLACED",
            Code::TagDropped => "TAG_DROPPED",
            Code::TomlSyntax => "TOML_SYNTAX",
            Code::TrailingComma => "TRAILING_COMMA",
            Code::TrailingContent => "TRAILING_CONTENT",
            Code::TypeDropped => "TYPE_DROPPED",
            Code::UndefinedAsNull => "UNDEFINED_AS_NULL",
            Code::UnexpectedCharacter => "UNEXPECTED_CHARACTER",
            Code::UnexpectedEnd => "UNEXPECTED_END",
            Code::UnquotedKey => "UNQUOTED_KEY",
            Code::UnterminatedString => "UNTERMINATED_STRING",
            Code::YamlSyntax => "YAML_SYNTAX",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What kind it is.
    pub code: Code,
    /// What was found and what was allowed, for people. Echoes no key or value over 64 bytes.
    pub message: String,
    /// Where the finding begins.
    pub start: Position,
    /// Where it ends (exclusive).
    pub end: Position,
    /// At most 64 bytes of the line around `start`, and below them a caret under the place.
    pub snippet: String,
    /// What would mend it, where that is clear. The fixes of one report touch different bytes, so that all can be made,
    /// the last first.
    pub fix: Option<Fix>,
    /// Of a finding of a schema: JSON Pointer of the keyword in the schema that says so. Else empty.
    pub schema_pointer: String,
    /// Of a finding of a schema: the keyword. Else empty.
    pub keyword: String,
    /// Of a failure of `anyOf` or `oneOf`, in detail: why each of its schemas failed. Else empty.
    pub causes: Vec<Diagnostic>,
}

impl Diagnostic {
    /// A finding of a reader or a writer, without a fix.
    pub(crate) fn found(
        (severity, code): (Severity, Code),
        message: String,
        place: Range<Position>,
        snippet: String,
    ) -> Diagnostic {
        Diagnostic {
            severity,
            code,
            message,
            start: place.start,
            end: place.end,
            snippet,
            fix: None,
            schema_pointer: String::new(),
            keyword: String::new(),
            causes: Vec::new(),
        }
    }
}

/// A proposal: `start..end` of the text gives way to `replacement`. Where both are the same place, it is inserted there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Where what is replaced begins, in bytes of the text.
    pub start: u64,
    /// Where it ends (exclusive).
    pub end: u64,
    /// What stands there instead; at most 1 KiB.
    pub replacement: String,
}

/// What a text holds, up to the first error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Length of the text in bytes.
    pub bytes: u64,
    /// Values of any kind, members' values and elements included.
    pub nodes: u64,
    /// Deepest nesting in levels; a scalar at the root has depth 0.
    pub depth: u32,
    /// Objects.
    pub objects: u64,
    /// Arrays.
    pub arrays: u64,
    /// Strings, keys not counted.
    pub strings: u64,
    /// Numbers.
    pub numbers: u64,
    /// Booleans.
    pub booleans: u64,
    /// Nulls.
    pub nulls: u64,
    /// Members of all objects.
    pub members: u64,
}

impl Stats {
    /// Counts a value that lies `depth` levels deep, without what is below it, as the scanner does.
    pub(crate) fn count(&mut self, value: &Document, depth: u32) {
        self.nodes += 1;
        match value {
            Document::Null => self.nulls += 1,
            Document::Bool(_) => self.booleans += 1,
            Document::Number(_) => self.numbers += 1,
            Document::Str(_) | Document::Surrogates(_) => self.strings += 1,
            Document::Arr(_) => {
                self.arrays += 1;
                self.depth = self.depth.max(depth + 1);
            }
            Document::Obj(members) => {
                self.objects += 1;
                self.members += members.len() as u64;
                self.depth = self.depth.max(depth + 1);
            }
        }
    }
}

/// The verdict on a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The first findings in the order of the text, at most `max_diagnostics`; the first error is always kept. Only
    /// [`validate`](crate::validate()) looks behind an error of the grammar.
    pub diagnostics: Vec<Diagnostic>,
    /// How many findings there are in all.
    pub diagnostics_total: u64,
    /// What the text holds.
    pub stats: Stats,
}

impl Report {
    /// Whether no finding is an error.
    pub fn is_valid(&self) -> bool {
        self.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
    }
}
