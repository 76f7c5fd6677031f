//! The functions of the fuzzer (`fuzz/targets`), on seeds and on what it makes of them. `cargo x fuzz` goes on for longer.

use std::path::PathBuf;

use proptest::prelude::*;

#[path = "../../fuzz/mutate.rs"]
mod mutate;
#[path = "../../fuzz/seeds.rs"]
mod seeds;
#[path = "../../fuzz/targets/mod.rs"]
pub(crate) mod targets;

use crate::shared::suite;
use targets::{TARGETS, Target};

fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).unwrap()
}

/// Runs `name` on some hundred inputs, each made of the seeds by one number.
fn check(name: &str) {
    let target = target(name);
    let corpus = seeds::seeds(target, &PathBuf::new());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) };
    let inputs = any::<u64>()
        .prop_map(move |number| mutate::mutated(&mut fastrand::Rng::with_seed(number), &corpus))
        .no_shrink();
    let run = proptest::test_runner::TestRunner::new(config).run(&inputs, |input| {
        (target.run)(&input);
        Ok(())
    });
    assert!(run.is_ok(), "{name}: {run:?}");
}

#[test]
fn every_seed() {
    let Some(suites) = suite("") else { return };
    for target in TARGETS {
        let seeds = seeds::seeds(target, &suites);
        assert!(seeds.len() >= 3, "{}", target.name);
        let signs: usize = seeds.iter().map(|seed| (target.run)(seed).0.len()).sum();
        assert!(signs > seeds.len(), "{}: the seeds do nothing", target.name);
    }
}

#[test]
fn json() {
    check("json");
}

#[test]
fn pieces() {
    check("pieces");
}

#[test]
fn json5() {
    check("json5");
}

#[test]
fn ndjson() {
    check("ndjson");
}

#[test]
fn yaml() {
    check("yaml");
}

#[test]
fn toml() {
    check("toml");
}

#[test]
fn csv() {
    check("csv");
}

#[test]
fn cbor() {
    check("cbor");
}

#[test]
fn msgpack() {
    check("msgpack");
}

#[test]
fn auto() {
    check("auto");
}

#[test]
fn patch() {
    check("patch");
}

#[test]
fn merge() {
    check("merge");
}

#[test]
fn diff() {
    check("diff");
}

#[test]
fn three_way() {
    check("three_way");
}

#[test]
fn jsonpath() {
    check("jsonpath");
}

#[test]
fn jq() {
    check("jq");
}

#[test]
fn jmespath() {
    check("jmespath");
}

#[test]
fn schema() {
    check("schema");
}
