//! The suite that every [`Store`](crate::Store) must pass.
