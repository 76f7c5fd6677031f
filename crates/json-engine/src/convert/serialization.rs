//! The serialisations that documents are read from and written to.

/// A serialisation of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// RFC 8259 JSON.
    Json,
    /// JSON5, of which JSON with comments (JSONC) is a part; only read.
    Json5,
    /// JSON, one document a line.
    Ndjson,
    /// YAML 1.2, core schema.
    Yaml,
    /// TOML 1.1, of which 1.0 is a part.
    Toml,
    /// TOML 1.0: what only 1.1 allows is an error. Only read, since what is written as TOML is valid under both.
    Toml10,
    /// Comma separated values, RFC 4180.
    Csv,
    /// Concise Binary Object Representation, RFC 8949.
    Cbor,
    /// MessagePack.
    Msgpack,
}

impl Format {
    /// Every format, in the order of this list.
    pub const ALL: [Format; 9] = [
        Format::Json,
        Format::Json5,
        Format::Ndjson,
        Format::Yaml,
        Format::Toml,
        Format::Toml10,
        Format::Csv,
        Format::Cbor,
        Format::Msgpack,
    ];

    /// Its name in lower case, as in REST and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Json5 => "json5",
            Format::Ndjson => "ndjson",
            Format::Yaml => "yaml",
            Format::Toml => "toml",
            Format::Toml10 => "toml_1_0",
            Format::Csv => "csv",
            Format::Cbor => "cbor",
            Format::Msgpack => "msgpack",
        }
    }

    /// Whether its values are those of JSON.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Format::Json | Format::Json5 | Format::Ndjson)
    }

    /// Whether it is text, so that places have lines and columns; the others have bytes only.
    pub fn is_text(self) -> bool {
        !matches!(self, Format::Cbor | Format::Msgpack)
    }
}
