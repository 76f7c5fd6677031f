//! Checks against a schema: one that was inferred of the document itself, and for twitter.json a stricter one by hand.

use std::hint::black_box;

use anyhow::{Context as _, Result, anyhow, ensure};
use boon::{Compiler, SchemaIndex, Schemas};
use json_engine::convert::{Format, Source};
use json_engine::schema::{Draft, Formats, Inference, Output, Registered, Schema, SchemaOptions};
use serde_json::Value;

use super::{Documents, budget, options, parsed};
use crate::race::Table;

/// What twitter.json is, in detail.
const STRICT: &str = include_str!("schema/twitter.json");

pub(super) fn run(documents: &Documents) -> Result<()> {
    let mut pairs = Vec::new();
    for (name, text) in documents {
        match Pair::new(name, text, &inferred(text)?) {
            Ok(pair) => pairs.push(pair),
            Err(error) => println!("{name}: its schema is not compared: {error:#}"),
        }
        if name.starts_with("twitter") {
            pairs.push(Pair::new("twitter.json, strict", text, STRICT.as_bytes())?);
        }
    }
    on_documents(&pairs)?;
    on_texts(&pairs);
    Ok(())
}

/// A document and its schema, compiled by both sides.
struct Pair<'t> {
    name: String,
    text: &'t [u8],
    ours: Schema,
    theirs: (Schemas, SchemaIndex),
}

impl<'t> Pair<'t> {
    fn new(name: &str, text: &'t [u8], schema: &[u8]) -> Result<Pair<'t>> {
        let registered = Registered::default();
        // The default of the other side.
        let formats = Formats::Annotate;
        let how = SchemaOptions { default_draft: Draft::default(), formats, registered: &registered };
        let ours = Schema::compile(schema, &how, &options(), &budget())?;
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let resource = compiler.add_resource("schema.json", serde_json::from_slice(schema)?);
        resource.map_err(|error| anyhow!("{name}: {error}"))?;
        let index = compiler.compile("schema.json", &mut schemas);
        let index = index.map_err(|error| anyhow!("{name}: {error}"))?;
        Ok(Pair { name: name.to_owned(), text, ours, theirs: (schemas, index) })
    }

    fn theirs(&self, value: &Value) -> bool {
        self.theirs.0.validate(value, self.theirs.1).is_ok()
    }
}

fn inferred(text: &[u8]) -> Result<Vec<u8>> {
    let mut inference = Inference::default();
    inference.add(text, Source::Is(Format::Json), &options(), &budget())?;
    Ok(inference.schema())
}

fn on_documents(pairs: &[Pair<'_>]) -> Result<()> {
    let mut table = Table::of_programs("schema check", 2.0, "boon on a Value");
    let budget = budget();
    for pair in pairs {
        let (document, value) = (parsed(pair.text)?, serde_json::from_slice::<Value>(pair.text)?);
        let is_valid = pair.ours.allows(&document, &budget).context("within the budget")?;
        ensure!(is_valid && pair.theirs(&value), "{} is not what its schema asks for", pair.name);
        let ours = || drop(black_box(pair.ours.allows(&document, &budget)));
        table.program(&pair.name, ours, || {
            black_box(pair.theirs(&value));
        });
    }
    table.close();
    Ok(())
}

fn on_texts(pairs: &[Pair<'_>]) {
    let mut table = Table::open("parse and schema check", 2.0, "serde_json and boon");
    let (budget, scan) = (budget(), options());
    for pair in pairs {
        let ours = || {
            let source = Source::Is(Format::Json);
            drop(black_box(pair.ours.check(pair.text, source, Output::Flag, &scan, &budget)));
        };
        let theirs = || drop(black_box(serde_json::from_slice(pair.text).map(|value| pair.theirs(&value))));
        table.row(&pair.name, pair.text.len(), ours, theirs);
    }
    table.close();
}
