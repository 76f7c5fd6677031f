//! What a cache is: keys, values with versions and a time to live, conditions, and the stores that keep them.
//!
//! The idea: everything that enters is parsed once into a type that cannot be wrong ([`Key`], [`NamespaceName`],
//! [`Value`], [`Ttl`], [`Tags`], [`Version`]); a [`Store`] keeps it. [`LocalStore`] is the store of a process, on moka, with
//! our own clock, expiry and accounting; the plain map `ModelStore` (feature `conformance`) says what it must answer.
//! [`SingleFlight`] lets many callers share one computation. [`Tokens`] and [`Leases`] say who may act, and when.
//!
//! Promise: a condition is exact, an expired entry is never served, a version is never used again, and every
//! namespace stays inside its own bytes. Cost: a read takes no lock of ours and one clock reading if the entry
//! expires; a write takes the lock of one shard.
//!
//! No JSON, no network, no task and no runtime of its own: time comes from a [`Clock`], tasks from the caller.

mod absences;
mod claims;
mod clock;
mod condition;
#[cfg(feature = "conformance")]
pub mod conformance;
mod edit;
mod entry;
mod epochs;
#[cfg(test)]
mod epochs_tests;
mod error;
mod events;
mod fencing;
mod flight;
mod increment;
mod insight;
mod key;
mod life;
mod load;
mod local;
#[cfg(feature = "conformance")]
mod model;
mod namespace;
mod once;
pub mod policy;
mod quota;
mod scan;
mod setbacks;
mod snapshot;
mod stats;
mod store;
mod sync;
mod tag;
mod ttl;
mod value;
mod version;

pub use absences::Absences;
pub use claims::{Arrival, Arriving, Claim, Claims, Landing, Turn};
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use condition::{Condition, Current};
pub use edit::Edit;
pub use entry::{Draft, Entry, Freshness, REFRESH_LEASE};
pub use epochs::Scope;
pub use error::Error;
pub use events::{
    Batch, Discontinuity, Event, EventFilter, EventKind, EventLimits, EventTags, Subject, Subscription,
};
pub use fencing::FencingTokens;
pub use flight::{Computation, Role, SingleFlight, Spawner};
pub use increment::{Counted, Increment};
pub use insight::{End, Explanation, Gone, HotKey, MAX_HOT_KEYS, Presence, Present};
pub use key::{Key, MAX_KEY_BYTES};
pub use life::Life;
pub use load::{
    Acquired, Ask, Decision, Denied, Lease, LeaseConfig, LeaseId, Leases, LoadError, MAX_LEASE_LIMIT,
    MAX_REFILL, Rate, Take, TakeMode, Tokens, Waiting,
};
pub use local::{Derivation, Derived, Guard, LocalStore, MAX_DEPENDENCY_STEPS, MapKind, Place, StoreLimits};
#[cfg(feature = "conformance")]
pub use model::ModelStore;
pub use namespace::{MAX_NAMESPACE_NAME_BYTES, NamespaceChange, NamespaceConfig, NamespaceName};
pub use once::{MAX_REQUEST_ID_BYTES, REQUEST_ID_WINDOW, Receipt, RequestId, Write};
pub use policy::{PolicyKind, Segment, Standing, Verdict};
pub use quota::{BYTES_A_REQUEST_ID, BYTES_AN_END};
pub use scan::{Cursor, Found, MAX_CURSOR_BYTES, Page, SCAN_LOOKS, Scan};
pub use setbacks::{Backoff, Setbacks};
pub use snapshot::{MAX_FRAME_BYTES, Restored, SNAPSHOT_FORMAT, Saved, SnapshotError};
pub use stats::NamespaceStats;
pub use store::{RemoveOutcome, SetOutcome, Store, TouchOutcome};
pub use tag::{MAX_TAG_BYTES, MAX_TAGS, Tag, Tags};
pub use ttl::{MAX_TTL, Ttl};
pub use value::{Body, MAX_CONTENT_TYPE_BYTES, Value};
pub use version::Version;
