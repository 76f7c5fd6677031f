//! The command line of the pair.
fn main() {}
