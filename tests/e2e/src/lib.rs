//! Stories of the pair, from the outside; see `tests/it`.
