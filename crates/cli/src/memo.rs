//! `--memo`: whether an answer that the cache service keeps may be given.

use fastjson_proto::fastjson::v1 as pb;

/// Whether kept answers are given.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Memo {
    /// Where that is likely to be sooner.
    Auto,
    /// Never: it is computed.
    Off,
}

impl From<Memo> for i32 {
    fn from(memo: Memo) -> Self {
        match memo {
            Memo::Auto => pb::Memo::Auto.into(),
            Memo::Off => pb::Memo::Off.into(),
        }
    }
}
