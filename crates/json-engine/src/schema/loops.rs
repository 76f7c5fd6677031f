//! Loops: references that lead back to themselves without going down into the document, so that no check by them ends.
//!
//! JSON Schema core 9.4.1 says that such a schema should not be, and leaves open what it means. Here it is no schema. Promise:
//! what is refused loops for some document; a loop through a `$dynamicRef` of a registered schema, whose target depends on
//! who refers to it, is not seen. Cost: a visit a subschema that the schema reaches.

use std::collections::HashMap;
use std::rc::Rc;

use jsonschema::{Draft, Uri, uri};

use super::Registered;
use super::options::without_fragment;
use super::references::{id_key, is_base, text_of};
use crate::budget::Meter;
use crate::document::{Document, Members};
use crate::error::Error;
use crate::pointer::{Pointer, escape};

/// Keywords whose subschemas hold for the same value.
const IN_PLACE: [&str; 4] = ["not", "if", "then", "else"];
const IN_PLACE_LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const IN_PLACE_BY_NAME: [&str; 2] = ["dependentSchemas", "dependencies"];
/// Keywords whose subschemas hold for members, elements or names.
const BELOW: [&str; 7] = [
    "additionalProperties",
    "additionalItems",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "items",
];
const BELOW_LISTS: [&str; 2] = ["items", "prefixItems"];
const BELOW_BY_NAME: [&str; 2] = ["properties", "patternProperties"];

/// The pointer of a subschema of `schema` that loops, if one does.
pub(super) fn find(
    schema: &Document,
    draft: Draft,
    registered: &Registered,
    meter: &Meter<'_>,
) -> Result<Option<String>, Error> {
    let base = registered.base().unwrap_or("json-schema:///");
    let Ok(base) = uri::from_str(base) else { return Ok(None) };
    let mut resources = Resources { id_key: id_key(schema), draft, registered, known: HashMap::new() };
    let base = resources.index(schema, Rc::new(base));
    Walk { resources, schema, meter, states: HashMap::new(), path: Vec::new() }.run(Node { at: schema, base })
}

/// A schema and the URI that its references are relative to.
#[derive(Clone)]
struct Node<'d> {
    at: &'d Document,
    base: Rc<Uri<String>>,
}

/// What references lead to.
struct Resources<'d> {
    id_key: &'static str,
    draft: Draft,
    registered: &'d Registered,
    /// By URI: whole ones without a fragment, and anchors.
    known: HashMap<String, Node<'d>>,
}

impl<'d> Resources<'d> {
    /// Enters all that has a name in `document`; gives its base. Recurses by the depth of the document.
    fn index(&mut self, document: &'d Document, base: Rc<Uri<String>>) -> Rc<Uri<String>> {
        self.known
            .entry(without_fragment(base.as_str()).to_owned())
            .or_insert_with(|| Node { at: document, base: Rc::clone(&base) });
        self.index_below(document, &base);
        self.base_of(document, &base)
    }

    fn index_below(&mut self, document: &'d Document, outer: &Rc<Uri<String>>) {
        let members = match document {
            Document::Arr(elements) => return elements.iter().for_each(|one| self.index_below(one, outer)),
            Document::Obj(members) => members,
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Str(_)
            | Document::Surrogates(_) => return,
        };
        let base = self.base_of(document, outer);
        let whole = without_fragment(base.as_str()).to_owned();
        let anchors = ["$anchor", "$dynamicAnchor"].iter().filter_map(|key| text_of(document, key));
        let old = text_of(document, self.id_key).and_then(|id| id.strip_prefix('#'));
        for anchor in anchors.chain(old) {
            let node = Node { at: document, base: Rc::clone(&base) };
            self.known.entry(format!("{whole}#{anchor}")).or_insert(node);
        }
        if !Rc::ptr_eq(&base, outer) {
            self.known.entry(whole).or_insert_with(|| Node { at: document, base: Rc::clone(&base) });
        }
        members.values().for_each(|member| self.index_below(member, &base));
    }

    fn base_of(&self, document: &Document, outer: &Rc<Uri<String>>) -> Rc<Uri<String>> {
        let own = text_of(document, self.id_key).filter(|id| is_base(id));
        let own = own.and_then(|id| uri::resolve_against(&outer.borrow(), id).ok());
        own.map_or_else(|| Rc::clone(outer), Rc::new)
    }

    fn resolve(&mut self, reference: &str, base: &Uri<String>) -> Option<Node<'d>> {
        let whole = uri::resolve_against(&base.borrow(), reference).ok()?;
        let (address, fragment) = whole.as_str().split_once('#').unwrap_or((whole.as_str(), ""));
        if !self.known.contains_key(address) {
            let document = self.registered.find(address)?;
            self.index(document, Rc::new(uri::from_str(address).ok()?));
        }
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return self.known.get(whole.as_str()).cloned();
        }
        let root = self.known.get(address)?.clone();
        let mut node = Node { base: self.base_of(root.at, &root.base), at: root.at };
        for token in Pointer::parse(fragment).ok()?.tokens() {
            let at = match node.at {
                Document::Obj(members) => members.get(token.as_str())?,
                Document::Arr(elements) => elements.get(token.parse::<usize>().ok()?)?,
                _ => return None,
            };
            node = Node { base: self.base_of(at, &node.base), at };
        }
        Some(node)
    }
}

#[derive(PartialEq)]
enum State {
    Open,
    Done,
}

enum Visit<'d> {
    Enter(Node<'d>),
    Leave,
}

struct Walk<'d, 'm> {
    resources: Resources<'d>,
    schema: &'d Document,
    meter: &'m Meter<'m>,
    states: HashMap<*const Document, State>,
    /// The schemas that are open, each applied by the one before it to the same value.
    path: Vec<&'d Document>,
}

impl<'d> Walk<'d, '_> {
    fn run(mut self, root: Node<'d>) -> Result<Option<String>, Error> {
        let mut later = vec![root];
        while let Some(first) = later.pop() {
            let mut visits = vec![Visit::Enter(first)];
            while let Some(visit) = visits.pop() {
                self.meter.charge(1)?;
                let Visit::Enter(node) = visit else {
                    self.leave();
                    continue;
                };
                match self.states.get(&std::ptr::from_ref(node.at)) {
                    Some(State::Done) => continue,
                    Some(State::Open) => return Ok(Some(self.pointer())),
                    None => {}
                }
                self.states.insert(node.at, State::Open);
                self.path.push(node.at);
                visits.push(Visit::Leave);
                let Document::Obj(members) = node.at else { continue };
                self.in_place(members, &node, &mut visits);
                below(members, &node, &self.resources, &mut later);
            }
        }
        Ok(None)
    }

    fn leave(&mut self) {
        if let Some(left) = self.path.pop() {
            self.states.insert(left, State::Done);
        }
    }

    fn in_place(&mut self, members: &'d Members, node: &Node<'d>, visits: &mut Vec<Visit<'d>>) {
        let reference = text_of(node.at, "$ref");
        visits.extend(reference.and_then(|to| self.resources.resolve(to, &node.base)).map(Visit::Enter));
        let is_alone = matches!(self.resources.draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7);
        if reference.is_some() && is_alone {
            return;
        }
        // A dynamic reference of the schema itself, which is the outermost, leads where it says.
        let root = self.resources.known.get(without_fragment(node.base.as_str()));
        if root.is_some_and(|root| std::ptr::eq(root.at, self.schema)) {
            let dynamic = ["$dynamicRef", "$recursiveRef"].iter().filter_map(|key| text_of(node.at, key));
            visits.extend(dynamic.filter_map(|to| self.resources.resolve(to, &node.base)).map(Visit::Enter));
        }
        let mut found = Vec::new();
        children(members, (&IN_PLACE, &IN_PLACE_LISTS, &IN_PLACE_BY_NAME), |child| found.push(child));
        let enter = |at| Visit::Enter(Node { base: self.resources.base_of(at, &node.base), at });
        visits.extend(found.into_iter().map(enter));
    }

    /// The last of the open schemas that lies in the schema itself.
    fn pointer(&self) -> String {
        let own = self.path.iter().rev().find_map(|open| pointer_of(self.schema, open));
        own.unwrap_or_default()
    }
}

fn below<'d>(members: &'d Members, node: &Node<'d>, resources: &Resources<'d>, later: &mut Vec<Node<'d>>) {
    children(members, (&BELOW, &BELOW_LISTS, &BELOW_BY_NAME), |at| {
        later.push(Node { base: resources.base_of(at, &node.base), at });
    });
}

/// The subschemas of keywords that are one, of those that are lists, and of those that name them.
fn children<'d>(
    members: &'d Members,
    (single, lists, by_name): (&[&str], &[&str], &[&str]),
    mut add: impl FnMut(&'d Document),
) {
    single.iter().filter_map(|key| members.get(*key)).for_each(&mut add);
    for list in lists.iter().filter_map(|key| members.get(*key)) {
        if let Document::Arr(all) = list {
            all.iter().for_each(&mut add);
        }
    }
    for named in by_name.iter().filter_map(|key| members.get(*key)) {
        if let Document::Obj(all) = named {
            all.values().for_each(&mut add);
        }
    }
}

/// Where `wanted` stands in `document`. Recurses by the depth of the document.
fn pointer_of(document: &Document, wanted: &Document) -> Option<String> {
    if std::ptr::eq(document, wanted) {
        return Some(String::new());
    }
    match document {
        Document::Arr(elements) => elements
            .iter()
            .enumerate()
            .find_map(|(at, one)| pointer_of(one, wanted).map(|rest| format!("/{at}{rest}"))),
        Document::Obj(members) => members.iter().find_map(|(key, one)| {
            pointer_of(one, wanted).map(|rest| format!("/{}{rest}", escape(key.literal())))
        }),
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => None,
    }
}
