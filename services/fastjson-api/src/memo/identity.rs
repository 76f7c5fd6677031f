//! What a recipe is: a name for its first steps, for each number of them, and with a document the key of their answer.
//!
//! Promise: one name is one meaning: the steps with their defaults written out, the texts of all schemas that they reach, the
//! engine, the limits that warnings and answers depend on. Cost: made once a compiled recipe; a key is two short hashes.

use std::collections::HashMap;

use fastjson_proto::fastjson::v1 as pb;
use json_engine::{Limits, ScanOptions};

use super::normal;
use crate::config;

/// The form of what is kept; another one is another key.
const FORM: u32 = 2;

/// 32 bytes of BLAKE3.
pub(crate) type Hash = [u8; 32];

/// What answers depend on beside recipe and document.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    /// Its words, kept with each answer and compared.
    pub(crate) words: String,
}

impl Engine {
    /// The engine of this process under these settings.
    pub(crate) fn of(config: &config::Memo, limits: &Limits) -> Self {
        let Limits { max_bytes, max_depth, max_nodes, max_number_digits, max_diagnostics, max_output_bytes } =
            limits;
        let limits = format!(
            "{max_bytes} {max_depth} {max_nodes} {max_number_digits} {max_diagnostics} {max_output_bytes}"
        );
        // The last digit of some functions of jq depends on the processor.
        let (version, processor) = (json_engine::VERSION, std::env::consts::ARCH);
        Self { words: format!("{FORM} {version} {processor} [{limits}] {}", config.edition) }
    }
}

/// Names of the first `1..=n` steps of a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity(Vec<Hash>);

impl Identity {
    /// The identity of `recipe`, of which the steps by these indices check against the schemas of these hashes. `None` where a step
    /// cannot be written in one form.
    pub(crate) fn of(engine: &Engine, recipe: &pb::Recipe, schemas: &HashMap<usize, Hash>) -> Option<Self> {
        let mut present = *blake3::hash(engine.words.as_bytes()).as_bytes();
        let mut names = Vec::with_capacity(recipe.steps.len());
        for (index, step) in recipe.steps.iter().enumerate() {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&present).update(&canonical_hash(&normal::written_out(step))?);
            if let Some(schema) = schemas.get(&index) {
                hasher.update(schema);
            }
            present = *hasher.finalize().as_bytes();
            names.push(present);
        }
        Some(Self(names))
    }

    /// The identity of an operation that does what this recipe of one step does, and tells more of it.
    pub(crate) fn of_operation(self, name: &str) -> Self {
        let of = |step: Hash| {
            let mut hasher = blake3::Hasher::new();
            *hasher.update(b"operation").update(name.as_bytes()).update(&step).finalize().as_bytes()
        };
        Self(self.0.into_iter().map(of).collect())
    }

    /// The key of what the first `steps` give for a document. `None` where there are not so many.
    pub(crate) fn key(&self, steps: usize, document: &Mark) -> Option<String> {
        let name = self.0.get(steps.checked_sub(1)?)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(name).update(&document.format.to_le_bytes()).update(&document.choices.to_le_bytes());
        hasher.update(&document.hash);
        Some(hasher.finalize().to_hex().to_string())
    }
}

/// A document, or two, by hash, how it is written, and what else the answer of the call depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) hash: Hash,
    pub(crate) format: i32,
    pub(crate) choices: u32,
}

/// BLAKE3 of the canonical form of the JSON mapping: members in one order, whatever map they were in.
fn canonical_hash(step: &pb::Step) -> Option<Hash> {
    let text = client::json_mapping::encode("fastjson.v1.Step", step).ok()?;
    let (hash, _) = json_engine::content_hash(text.as_bytes(), &ScanOptions::default()).ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(edition: &str) -> Engine {
        Engine::of(
            &config::Memo { edition: edition.to_owned(), ..config::Memo::default() },
            &Limits::default(),
        )
    }

    fn recipe(text: &str) -> pb::Recipe {
        client::json_mapping::decode("fastjson.v1.Recipe", text.as_bytes()).unwrap()
    }

    fn key(edition: &str, text: &str, steps: usize, schema: Option<u8>) -> String {
        let schemas = schema.into_iter().map(|byte| (0, [byte; 32])).collect();
        let identity = Identity::of(&engine(edition), &recipe(text), &schemas).unwrap();
        identity.key(steps, &Mark { hash: [7; 32], format: 1, choices: 0 }).unwrap()
    }

    const ONE: &str = r#"{"steps":[{"format":{}}]}"#;
    const SAME: &str = r#"{"steps":[{"format":{"style":"FORMAT_STYLE_PRETTY"}},{"validate":{}}]}"#;

    #[test]
    fn the_same_first_steps_have_the_same_key() {
        assert_eq!(key("", ONE, 1, None), key("", SAME, 1, None));
        assert_ne!(key("", SAME, 1, None), key("", SAME, 2, None));
    }

    #[test]
    fn variables_of_a_program_have_no_order() {
        let names: Vec<String> = (0..20).map(|at| format!("\"v{at}\":\"{at}\"")).collect();
        let with = |args: Vec<String>| {
            let step = format!(
                r#"{{"query":{{"language":"QUERY_LANGUAGE_JQ","query":".","args":{{{}}}}}}}"#,
                args.join(",")
            );
            key("", &format!(r#"{{"steps":[{step}]}}"#), 1, None)
        };
        assert_eq!(with(names.clone()), with(names.into_iter().rev().collect()));
    }

    #[test]
    fn another_engine_schema_document_or_format_has_another_key() {
        let usual = key("", ONE, 1, None);
        assert_ne!(usual, key("2", ONE, 1, None));
        assert_ne!(usual, key("", ONE, 1, Some(1)));
        assert_ne!(key("", ONE, 1, Some(1)), key("", ONE, 1, Some(2)));
        let identity = Identity::of(&engine(""), &recipe(ONE), &HashMap::new()).unwrap();
        let of = |hash, format| identity.key(1, &Mark { hash, format, choices: 0 }).unwrap();
        assert_ne!(of([1; 32], 1), of([2; 32], 1));
        assert_ne!(of([1; 32], 1), of([1; 32], 4));
        assert_eq!(
            (identity.key(0, &Mark { hash: [1; 32], format: 1, choices: 0 }), of([1; 32], 1).len()),
            (None, 64)
        );
    }

    #[test]
    fn other_limits_are_another_engine() {
        let small = Limits { max_diagnostics: 1, ..Limits::default() };
        let other = Engine::of(&config::Memo::default(), &small);
        assert_ne!(engine("").words, other.words);
    }
}
