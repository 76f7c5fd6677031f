//! What can go wrong, one variant for each thing that a caller can do about it.
//!
//! Absence and a condition that does not hold are answers, not errors. No variant holds a key or a value, and none
//! holds more than 64 bytes of what the caller sent.

use std::time::Duration;

/// Why an operation was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such namespace.
    #[error("there is no namespace {name:?}")]
    NamespaceNotFound {
        /// Its name.
        name: crate::NamespaceName,
    },
    /// The name cannot be that of a namespace.
    #[error("a namespace has 1 to {allowed} bytes of A-Z a-z 0-9 . _ -; this name has {actual} bytes{}", offset_note(*.offset))]
    NamespaceInvalid {
        /// Most bytes allowed.
        allowed: usize,
        /// Bytes given.
        actual: usize,
        /// Byte offset of the first character that is not allowed; `None` when only the length is wrong.
        offset: Option<usize>,
    },
    /// The key is empty.
    #[error("a key has 1 to {} bytes; this one is empty", crate::MAX_KEY_BYTES)]
    KeyEmpty,
    /// The key is too long.
    #[error("a key has at most {allowed} bytes; this one has {actual}")]
    KeyTooLong {
        /// Most bytes allowed.
        allowed: usize,
        /// Bytes given.
        actual: usize,
    },
    /// The body of the value is larger than its namespace takes.
    #[error("a value of this namespace has at most {allowed} bytes; this one has {actual}")]
    ValueTooLarge {
        /// Most bytes allowed.
        allowed: u64,
        /// Bytes given.
        actual: u64,
    },
    /// The media type is too long.
    #[error("a content type has at most {allowed} bytes; this one has {actual}")]
    ContentTypeTooLong {
        /// Most bytes allowed.
        allowed: usize,
        /// Bytes given.
        actual: usize,
    },
    /// The time to live is zero or too long.
    #[error("a time to live is above zero and at most {}; this one is {actual:?}", in_days(*.allowed))]
    TtlInvalid {
        /// The longest allowed.
        allowed: Duration,
        /// The one given.
        actual: Duration,
    },
    /// A part of a life does not fit into its time to live.
    #[error("the {part} is {actual:?}; allowed: {relation} the time to live, which is {ttl:?}")]
    LifeInvalid {
        /// Which, as the contract names it.
        part: &'static str,
        /// How it must stand to the time to live.
        relation: &'static str,
        /// The time to live given.
        ttl: Duration,
        /// The part given.
        actual: Duration,
    },
    /// The number cannot be a version.
    #[error("a version is 1 to {allowed}; this one is {actual}")]
    VersionInvalid {
        /// The largest allowed.
        allowed: u64,
        /// The one given.
        actual: u64,
    },
    /// The entry is charged more bytes than its namespace may hold, so that it could not stay even alone.
    #[error(
        "an entry of this namespace is charged at most {allowed} bytes; this one would be charged {actual}"
    )]
    Capacity {
        /// Most bytes that one entry may be charged.
        allowed: u64,
        /// Bytes that this one would be charged.
        actual: u64,
    },
    /// The namespace throws nothing out, and has no room for this.
    #[error("the namespace throws nothing out, and has no room for an entry that is charged {actual} bytes")]
    NamespaceFull {
        /// Bytes that the entry would be charged.
        actual: u64,
    },
    /// The tag is empty or too long.
    #[error("a tag has 1 to {allowed} bytes; this one has {actual}")]
    TagInvalid {
        /// Most bytes allowed.
        allowed: usize,
        /// Bytes given.
        actual: usize,
    },
    /// There are too many tags.
    #[error("there may be at most {allowed} tags; these are {actual}")]
    TagsLimit {
        /// Most tags allowed.
        allowed: usize,
        /// Tags given.
        actual: usize,
    },
    /// The value is not one that can be counted.
    #[error(
        "a counter is a whole number of 64 bits in decimal digits, perhaps after a minus sign; \
         this value of {actual} bytes is none"
    )]
    NotANumber {
        /// Bytes of the value.
        actual: usize,
    },
    /// The counter would leave its bounds; it is as it was.
    #[error("the counter must stay within {min} to {max}; this increment would leave that")]
    IncrementOverflow {
        /// The least value allowed.
        min: i64,
        /// The largest value allowed.
        max: i64,
    },
    /// The bounds of a counter leave no number.
    #[error("the least value {min} of a counter is above its largest {max}")]
    BoundsInvalid {
        /// The least value given.
        min: i64,
        /// The largest value given.
        max: i64,
    },
    /// The request id is empty or too long.
    #[error("a request id has 1 to {allowed} bytes; this one has {actual}")]
    RequestIdInvalid {
        /// Most bytes allowed.
        allowed: usize,
        /// Bytes given.
        actual: usize,
    },
    /// Another write had this request id; this one was not done.
    #[error("another write had this request id within the last 300 s; a new write takes a new id")]
    RequestIdReused,
    /// As many computations run as may run at once; a later call may find room.
    #[error("{allowed} computations are running, which is as many as may")]
    FlightsLimit {
        /// Most computations at once.
        allowed: usize,
    },
    /// The computation panicked, or was dropped before its end; the key is free again.
    #[error("the computation ended without a result")]
    ComputationFailed,
    /// Tokens or a lease cannot be decided on.
    #[error(transparent)]
    Load(#[from] crate::LoadError),
    /// The settings of a namespace are out of range or contradict each other; nothing was made or changed.
    #[error("namespace {name:?}: {problem}")]
    ConfigInvalid {
        /// Which namespace.
        name: crate::NamespaceName,
        /// What is wrong, and what was allowed.
        problem: String,
    },
    /// There is a namespace of this name.
    #[error("there is a namespace {name:?} already")]
    NamespaceExists {
        /// Its name.
        name: crate::NamespaceName,
    },
    /// The namespace `default` always exists.
    #[error("the namespace {name:?} always exists and cannot be deleted")]
    NamespaceProtected {
        /// Its name.
        name: crate::NamespaceName,
    },
    /// There are as many namespaces as may be. One that was deleted counts until its memory is freed.
    #[error(
        "there are {allowed} namespaces, which is as many as may be; one that was deleted counts until it is freed"
    )]
    NamespacesLimit {
        /// Most namespaces.
        allowed: usize,
    },
    /// The namespaces would be promised more bytes than there are.
    #[error(
        "all namespaces together may be promised {allowed} bytes; with this change they would be promised {actual}"
    )]
    MemoryLimit {
        /// Most bytes of all namespaces.
        allowed: u64,
        /// Bytes that they would have.
        actual: u64,
    },
    /// What an entry is computed from would be computed from that entry.
    #[error("the entry would be computed from itself, over what it is computed from")]
    DependencyCycle,
    /// What an entry is computed from is computed itself, over too many steps.
    #[error("an entry is computed from others over at most {allowed} steps")]
    DependencySteps {
        /// Most steps.
        allowed: usize,
    },
    /// As many entries depend on others as may.
    #[error("{allowed} entries depend on others, which is as many as may")]
    DependenciesLimit {
        /// Most of them.
        allowed: usize,
    },
    /// The logs of the namespaces that are watched take all the room that there is for logs.
    #[error(
        "the logs of the namespaces that are watched may take {allowed} bytes together, and one more would not fit"
    )]
    WatchLogsLimit {
        /// Most bytes of all logs.
        allowed: u64,
    },
    /// The cursor is not one that this scan gave.
    #[error("the cursor is not one of this scan of this namespace; begin again without one")]
    CursorInvalid,
}

impl Error {
    /// The stable name of the reason, upper snake case; part of the contract and never changed.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NamespaceNotFound { .. } => "NAMESPACE_NOT_FOUND",
            Self::NamespaceInvalid { .. } => "NAMESPACE_INVALID",
            Self::KeyEmpty => "KEY_EMPTY",
            Self::KeyTooLong { .. } => "KEY_BYTES_LIMIT",
            Self::ValueTooLarge { .. } => "VALUE_BYTES_LIMIT",
            Self::ContentTypeTooLong { .. } => "CONTENT_TYPE_BYTES_LIMIT",
            Self::TtlInvalid { .. } | Self::LifeInvalid { .. } => "TTL_INVALID",
            Self::VersionInvalid { .. } => "VERSION_INVALID",
            Self::Capacity { .. } => "CAPACITY",
            Self::NamespaceFull { .. } => "NAMESPACE_FULL",
            Self::TagInvalid { .. } => "TAG_BYTES_LIMIT",
            Self::TagsLimit { .. } => "TAGS_LIMIT",
            Self::NotANumber { .. } => "NOT_A_NUMBER",
            Self::IncrementOverflow { .. } => "INCREMENT_OVERFLOW",
            Self::BoundsInvalid { .. } => "BOUNDS_INVALID",
            Self::RequestIdInvalid { .. } => "REQUEST_ID_BYTES_LIMIT",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::FlightsLimit { .. } => "FLIGHTS_LIMIT",
            Self::ComputationFailed => "COMPUTATION_FAILED",
            Self::Load(error) => error.reason(),
            Self::ConfigInvalid { .. } => "NAMESPACE_INVALID",
            Self::NamespaceExists { .. } => "NAMESPACE_EXISTS",
            Self::NamespaceProtected { .. } => "NAMESPACE_PROTECTED",
            Self::NamespacesLimit { .. } => "NAMESPACES_LIMIT",
            Self::MemoryLimit { .. } => "MEMORY_LIMIT",
            Self::DependencyCycle => "DEPENDENCY_CYCLE",
            Self::DependencySteps { .. } => "DEPENDENCY_STEPS_LIMIT",
            Self::DependenciesLimit { .. } => "DEPENDENCIES_LIMIT",
            Self::WatchLogsLimit { .. } => "WATCHERS_LIMIT",
            Self::CursorInvalid => "CURSOR_INVALID",
        }
    }
}

/// As settings and parameters name it, and as people say it.
fn in_days(allowed: Duration) -> String {
    let days = allowed.as_secs() / 86_400;
    format!("{days}d, which is {} years", days / 365)
}

fn offset_note(offset: Option<usize>) -> String {
    offset.map(|at| format!(", the one at byte offset {at} is not allowed")).unwrap_or_default()
}
