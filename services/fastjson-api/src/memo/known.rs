//! What is known of a recipe, or of an operation that is a recipe of one step: by what its answers are kept, and what it costs.
//!
//! Promise: an operation and a recipe never share an answer, since an operation tells more than a document. Cost: about a
//! kilobyte; what names an operation is hashed when it is first asked for.

use std::collections::HashMap;
use std::sync::OnceLock;

use fastjson_proto::fastjson::v1 as pb;

use super::{Engine, Hash, Identity, Mark, Means};

/// A recipe or an operation, as the memo sees it.
#[derive(Debug)]
pub(crate) struct Known {
    /// What it costs.
    pub(crate) means: Means,
    /// How many steps it has.
    pub(crate) steps: usize,
    named_by: NamedBy,
}

#[derive(Debug)]
enum NamedBy {
    /// A recipe; `None` where the same document may have another answer.
    Steps(Option<Identity>),
    Operation(Box<Operation>, OnceLock<Option<Identity>>),
}

/// An operation of the contract beside Run.
#[derive(Debug)]
pub(crate) struct Operation {
    /// As its step is called in reports.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) step: pb::step::Step,
    /// All that a schema reaches.
    pub(crate) schema: Option<Hash>,
}

impl Known {
    /// A recipe of so many steps.
    pub(crate) fn recipe(identity: Option<Identity>, steps: usize) -> Self {
        Self { means: Means::default(), steps, named_by: NamedBy::Steps(identity) }
    }

    /// An operation of one step.
    pub(crate) fn operation(operation: Operation) -> Self {
        let named_by = NamedBy::Operation(Box::new(operation), OnceLock::new());
        Self { means: Means::default(), steps: 1, named_by }
    }

    /// The name of an operation; a recipe has none.
    pub(crate) fn name(&self) -> &'static str {
        match &self.named_by {
            NamedBy::Steps(_) => "",
            NamedBy::Operation(operation, _) => operation.name,
        }
    }

    /// Whether its answers can be kept.
    pub(crate) fn is_cacheable(&self) -> bool {
        match &self.named_by {
            NamedBy::Steps(identity) => identity.is_some(),
            NamedBy::Operation(..) => true,
        }
    }

    /// The key under which `engine` keeps what the first `steps` give for a document.
    pub(super) fn key(&self, engine: &Engine, steps: usize, document: &Mark) -> Option<String> {
        let identity = match &self.named_by {
            NamedBy::Steps(identity) => identity,
            NamedBy::Operation(operation, identity) => identity.get_or_init(|| operation.identity(engine)),
        };
        identity.as_ref()?.key(steps, document)
    }
}

impl Operation {
    fn identity(&self, engine: &Engine) -> Option<Identity> {
        let recipe = pb::Recipe { steps: vec![pb::Step { step: Some(self.step.clone()) }] };
        let schemas: HashMap<usize, Hash> = self.schema.into_iter().map(|hash| (0, hash)).collect();
        Identity::of(engine, &recipe, &schemas).map(|steps| steps.of_operation(self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn key(known: &Known, choices: u32) -> Option<String> {
        let engine = Engine::of(&config::Memo::default(), &json_engine::Limits::default());
        known.key(&engine, 1, &Mark { hash: [7; 32], format: 1, choices })
    }

    fn query(text: &str) -> pb::step::Step {
        let language = pb::QueryLanguage::Jq.into();
        pb::step::Step::Query(pb::QueryStep { language, query: text.to_owned(), ..Default::default() })
    }

    fn operation(text: &str, schema: Option<Hash>) -> Known {
        Known::operation(Operation { name: "query", step: query(text), schema })
    }

    #[test]
    fn an_operation_has_a_key_of_its_own() {
        let one = operation(".a", None);
        assert_eq!(key(&one, 0), key(&operation(".a", None), 0));
        let engine = Engine::of(&config::Memo::default(), &json_engine::Limits::default());
        let recipe = pb::Recipe { steps: vec![pb::Step { step: Some(query(".a")) }] };
        let run = Known::recipe(Identity::of(&engine, &recipe, &HashMap::new()), 1);
        for other in [
            key(&run, 0),
            key(&operation(".b", None), 0),
            key(&operation(".a", Some([1; 32])), 0),
            key(&one, 1),
        ] {
            assert!(other.is_some() && other != key(&one, 0), "{other:?}");
        }
    }

    #[test]
    fn a_recipe_without_an_identity_has_no_key() {
        let recipe = Known::recipe(None, 1);
        assert_eq!((recipe.is_cacheable(), key(&recipe, 0)), (false, None));
    }
}
