//! Codes of gRPC by name, for metrics and for failures that say no more.

/// By number, as the gRPC specification spells them (<https://grpc.github.io/grpc/core/md_doc_statuscodes.html>).
const NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// The name of a code that a call ended with, by its number (`tonic::Code as i32`); a number that is none is `UNKNOWN`, as
/// gRPC reads it.
pub fn code_name(code: i32) -> &'static str {
    usize::try_from(code).ok().and_then(|at| NAMES.get(at)).copied().unwrap_or("UNKNOWN")
}

#[cfg(test)]
mod tests {
    use super::code_name;

    #[test]
    fn a_code_is_named_as_grpc_spells_it() {
        let known = [(0, "OK"), (1, "CANCELLED"), (4, "DEADLINE_EXCEEDED"), (16, "UNAUTHENTICATED")];
        for (code, name) in known.into_iter().chain([(17, "UNKNOWN"), (-1, "UNKNOWN")]) {
            assert_eq!(code_name(code), name, "{code}");
        }
    }
}
