//! What is said of an rpc that is not served: its name, and those that are.
//!
//! Promise: a caller learns whether it is the service or the method that it misspelt or asks the wrong process for. Cost: a walk over
//! all rpcs, for such a call only.

use super::meter::Meters;
use crate::failure::Failure;

/// Most bytes of a caller's text in a message.
const MAX_ECHO: usize = 64;

/// Why `path`, of which there is no rpc, is refused. `None` where a service that brought no descriptors may know it.
pub(super) fn failure(services: &[&'static str], meters: &Meters, path: &str) -> Option<Failure> {
    let (service, method) = path.strip_prefix('/').unwrap_or(path).rsplit_once('/').unwrap_or_default();
    if !services.contains(&service) {
        return Some(no_service(services, if service.is_empty() { path } else { service }));
    }
    let methods = meters.methods(service);
    (!methods.is_empty()).then(|| no_method(&methods, service, method))
}

fn no_service(services: &[&'static str], given: &str) -> Failure {
    let (given, allowed) = (excerpt(given), services.join(", "));
    let message =
        format!("there is no gRPC service `{given}` here; reflection lists what there is: {allowed}");
    Failure::unimplemented("RPC_UNKNOWN", message).with("service", given).with("allowed", allowed)
}

fn no_method(methods: &[&str], service: &str, given: &str) -> Failure {
    let (given, allowed) = (excerpt(given), methods.join(", "));
    let message = format!("{service} has no method `{given}`; reflection lists those it has: {allowed}");
    Failure::unimplemented("RPC_UNKNOWN", message)
        .with("service", service)
        .with("method", given)
        .with("allowed", allowed)
}

fn excerpt(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_ECHO)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        let meters =
            Meters::of(&[tonic_health::pb::FILE_DESCRIPTOR_SET], &["grpc.health.v1.Health"]).unwrap();
        let services = ["grpc.health.v1.Health", "un.Described"];
        let failure = failure(&services, &meters, path);
        assert_eq!(failure.as_ref().map(|failure| failure.message.as_str()), expected, "{path}");
    }

    #[test]
    fn the_service_or_the_method_is_named_with_those_there_are() {
        let services = "reflection lists what there is: grpc.health.v1.Health, un.Described";
        check(
            "/grpc.health.v1.Health/Chek",
            Some("grpc.health.v1.Health has no method `Chek`; reflection lists those it has: Check, Watch"),
        );
        check(
            "/grpc.health.Health/Check",
            Some(&format!("there is no gRPC service `grpc.health.Health` here; {services}")),
        );
        check("/", Some(&format!("there is no gRPC service `/` here; {services}")));
        let long = "a".repeat(65);
        check(
            &format!("/{long}/b"),
            Some(&format!("there is no gRPC service `{}` here; {services}", &long[1..])),
        );
        check("/un.Described/Anything", None);
    }
}
