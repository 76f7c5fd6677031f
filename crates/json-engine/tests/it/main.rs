//! What the engine promises, judged by suites of others and by slow references of our own.

mod budget;
mod documents;
mod jsonpath_cts;
mod jsontestsuite;
mod limits;
mod positions;
mod properties;
mod shared;
