//! From a schema to the nodes of an acceptor, or to none.
//!
//! Promise: a keyword that is not known here, a reference that leaves the schema and a base within it give none; what is
//! left asks for no less than the library does, whatever the draft from 6 on. Cost: a visit a subschema, without
//! recursion.

use std::collections::HashMap;
use std::sync::Arc;

use jsonschema::{Draft, Validator, options_for};
use serde_json::{Map, Value, json};

use super::{Acceptor, Between, Field, Index, Node, Shape, Types};
use crate::schema::Formats;
use crate::schema::carry::is_carried;
use crate::schema::compatible::says_nothing;
use crate::schema::keywords::{Rule, rule};
use crate::schema::matching::Patterns;
use crate::schema::node::Own;

/// Most names of formats, each of which takes some 50 microseconds; there are twenty.
const MOST_FORMATS: usize = 32;

/// References in a row that are followed at once.
const MOST_LINKS: usize = 8;

/// What is being compiled.
struct Compiler<'s> {
    root: &'s Value,
    draft: Draft,
    formats: Formats,
    /// Those that the library has compiled.
    patterns: &'s Patterns,
    /// Formats that are checked, by name.
    checked: HashMap<&'s str, Arc<Validator<Own>>>,
    nodes: Vec<Node>,
    /// Nodes by the place of their subschema in memory.
    known: HashMap<*const Value, Index>,
    /// Subschemas that have an index and no node yet.
    open: Vec<(Index, &'s Value)>,
}

impl Acceptor {
    /// That of a schema of draft 6 or later; `None` where it is not made of plain keywords.
    pub(in crate::schema) fn of(
        schema: &Value,
        draft: Draft,
        formats: Formats,
        patterns: &Patterns,
    ) -> Option<Acceptor> {
        if draft == Draft::Draft4 || has_base_within(schema) {
            return None;
        }
        let (checked, known) = (HashMap::new(), HashMap::new());
        let (nodes, open) = (Vec::new(), Vec::new());
        let mut compiler = Compiler { root: schema, draft, formats, patterns, checked, nodes, known, open };
        compiler.index(schema);
        while let Some((at, subschema)) = compiler.open.pop() {
            compiler.nodes[at as usize] = compiler.node(subschema)?;
        }
        Some(Acceptor { nodes: compiler.nodes })
    }
}

/// Whether a reference below the root may be relative to something else. Recurses by the depth of the schema.
fn has_base_within(schema: &Value) -> bool {
    let mut below: Box<dyn Iterator<Item = &Value>> = match schema {
        Value::Array(elements) => Box::new(elements.iter()),
        Value::Object(members) => Box::new(members.values()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return false,
    };
    below.any(|value| value.get("$id").is_some_and(Value::is_string) || has_base_within(value))
}

impl<'s> Compiler<'s> {
    /// The index of a subschema, whose node follows.
    fn index(&mut self, schema: &'s Value) -> Index {
        let schema = self.followed(schema);
        let next = self.nodes.len() as Index;
        let at = *self.known.entry(schema).or_insert(next);
        if at == next {
            self.nodes.push(Node::default());
            self.open.push((at, schema));
        }
        at
    }

    fn indices(&mut self, schemas: &'s Value) -> Option<Vec<Index>> {
        Some(schemas.as_array()?.iter().map(|schema| self.index(schema)).collect())
    }

    /// `None` where everything is allowed.
    fn unless_true(&mut self, schema: &'s Value) -> Option<Index> {
        if *schema == Value::Bool(true) { None } else { Some(self.index(schema)) }
    }

    fn node(&mut self, schema: &'s Value) -> Option<Node> {
        let members = match schema {
            Value::Bool(true) => return Some(Node::default()),
            Value::Bool(false) => return Some(Node { types: Types(0), ..Node::default() }),
            Value::Object(members) => members,
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => return None,
        };
        let mut node = Node { members: self.shape(members)?, ..Node::default() };
        for (keyword, value) in members {
            self.add(keyword, value, members, &mut node)?;
        }
        Some(node)
    }

    fn add(
        &mut self,
        keyword: &str,
        value: &'s Value,
        parent: &Map<String, Value>,
        node: &mut Node,
    ) -> Option<()> {
        match keyword {
            "type" => node.types = types(value)?,
            "const" | "enum" | "multipleOf" | "minimum" | "maximum" | "exclusiveMinimum"
            | "exclusiveMaximum" => {
                let rule = rule(keyword, parent, value).ok()?;
                node.rules.extend(Some(rule).filter(Rule::decides));
            }
            "minLength" => node.length.0 = value.as_u64()?,
            "maxLength" => node.length.1 = value.as_u64()?,
            "pattern" => node.pattern = Some(self.patterns.find(value.as_str()?)?),
            "minItems" => node.elements.count.0 = value.as_u64()?,
            "maxItems" => node.elements.count.1 = value.as_u64()?,
            "uniqueItems" => node.elements.is_unique = value.as_bool()?,
            "prefixItems" if self.draft == Draft::Draft202012 => node.elements.first = self.indices(value)?,
            "items" if value.is_object() || value.is_boolean() => {
                node.elements.others = self.unless_true(value)
            }
            "allOf" => node.every.extend(self.indices(value)?),
            "anyOf" => node.any = self.indices(value)?,
            "$ref" => {
                let target = self.target(value.as_str()?)?;
                node.every.push(self.index(target));
            }
            "properties" | "required" | "additionalProperties" | "minProperties" | "maxProperties" => {}
            "format" => node.format = self.format(value.as_str()?)?,
            other => return (says_nothing(other) || is_carried(other)).then_some(()),
        }
        Some(())
    }

    /// The check of a format; none where formats only annotate, and no acceptor for a schema of many names.
    fn format(&mut self, name: &'s str) -> Option<Option<Arc<Validator<Own>>>> {
        if self.formats == Formats::Annotate {
            return Some(None);
        }
        if let Some(format) = self.checked.get(name) {
            return Some(Some(Arc::clone(format)));
        }
        let options = options_for::<Own>().with_draft(self.draft).should_validate_formats(true);
        let format = Arc::new(options.build(&json!({ "format": name })).ok()?);
        self.checked.insert(name, Arc::clone(&format));
        (self.checked.len() <= MOST_FORMATS).then_some(Some(format))
    }

    /// What a reference within the schema leads to.
    fn target(&self, reference: &str) -> Option<&'s Value> {
        let pointer = reference.strip_prefix('#').filter(|fragment| !fragment.contains('%'))?;
        self.root.pointer(pointer)
    }

    /// What a schema that is nothing but a reference leads to; others stay.
    fn followed(&self, schema: &'s Value) -> &'s Value {
        let mut present = schema;
        for _ in 0..MOST_LINKS {
            let lone = present.as_object().filter(|members| members.len() == 1);
            let reference = lone.and_then(|members| members.get("$ref")).and_then(Value::as_str);
            match reference.and_then(|reference| self.target(reference)) {
                Some(target) => present = target,
                None => break,
            }
        }
        present
    }

    /// What is asked of objects; nothing if no keyword asks for anything.
    fn shape(&mut self, members: &'s Map<String, Value>) -> Option<Option<Box<Shape>>> {
        let mut shape = Shape { count: Between::default(), ..Shape::default() };
        shape.others = members.get("additionalProperties").and_then(|others| self.unless_true(others));
        if let Some(least) = members.get("minProperties") {
            shape.count.0 = least.as_u64()?;
        }
        if let Some(most) = members.get("maxProperties") {
            shape.count.1 = most.as_u64()?;
        }
        if let Some(named) = members.get("properties") {
            for (name, schema) in named.as_object()? {
                let value = self.unless_true(schema);
                shape.add(Field { name: name.as_str().into(), value, is_required: false });
            }
        }
        if let Some(required) = members.get("required") {
            required.as_array()?.iter().try_for_each(|name| name.as_str().map(|name| shape.require(name)))?;
        }
        let asks = shape.others.is_some() || !shape.fields.is_empty() || !shape.count.is_any();
        Some(asks.then(|| Box::new(shape)))
    }
}

impl Shape {
    fn add(&mut self, field: Field) {
        self.places.insert(field.name.clone(), self.fields.len());
        self.fields.push(field);
    }

    /// A member that has no schema of its own is an additional one.
    fn require(&mut self, name: &str) {
        if !self.places.contains_key(name) {
            self.add(Field { name: name.into(), value: self.others, is_required: false });
        }
        let field = &mut self.fields[self.places[name]];
        self.required += usize::from(!std::mem::replace(&mut field.is_required, true));
    }
}

fn types(value: &Value) -> Option<Types> {
    let bit = |name: &Value| {
        Some(match name.as_str()? {
            "null" => Types::NULL,
            "boolean" => Types::BOOLEAN,
            "number" => Types::NUMBER,
            "integer" => Types::INTEGER,
            "string" => Types::STRING,
            "array" => Types::ARRAY,
            "object" => Types::OBJECT,
            _ => return None,
        })
    };
    match value {
        Value::Array(names) => names.iter().map(bit).try_fold(0, |all, bit| Some(all | bit?)).map(Types),
        one => bit(one).map(Types),
    }
}
