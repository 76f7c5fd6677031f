//! The builtins that are written in jq; read once a process, compiled when a program uses them.
//!
//! Cost: a parse of them, once a process; a small one costs a program no call.

use std::sync::{Arc, OnceLock};

use super::ast::{Access, AccessKind, Ast, Definition, Entry, Fold, ObjectKey, Param, Part, Pattern, Stage};
use super::parse::definitions;

/// Largest body that is put in where it is called, in nodes of the tree.
const MAX_INLINED_NODES: usize = 48;

/// Builtins that need the instructions of the machine, and are no natives.
const OWN: &str = "
def range($init; $upto; $by):
    if $by > 0 then $init|while(. < $upto; . + $by)
    elif $by < 0 then $init|while(. > $upto; . + $by)
    else empty end;
";

/// A builtin in jq.
pub(super) struct Builtin {
    pub(super) definition: Arc<Definition>,
    /// Whether its body may stand in the place of a call: it is small, does not call itself, and uses each argument once.
    pub(super) is_inlined: bool,
}

/// The builtin of a name with a number of arguments.
pub(super) fn find(name: &str, arity: usize) -> Option<&'static Builtin> {
    let at = table().binary_search_by(|builtin| key(&builtin.definition).cmp(&(name, arity))).ok()?;
    table().get(at)
}

/// Name and number of arguments of each.
pub(super) fn names() -> impl Iterator<Item = (&'static str, usize)> {
    table().iter().map(|builtin| key(&builtin.definition))
}

fn key(definition: &Definition) -> (&str, usize) {
    (&definition.name, definition.params.len())
}

/// All of them by name and arity. No hash table: a checker of leaks does not follow pointers into the middle of one.
fn table() -> &'static [Builtin] {
    static TABLE: OnceLock<Vec<Builtin>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let read =
            |text| definitions(text).expect("`defined.jq` is part of the engine and every test reads it");
        let all = read(OWN).into_iter().chain(read(include_str!("defined.jq")));
        let mut table: Vec<Builtin> =
            all.map(|definition| Builtin { is_inlined: is_inlined(&definition), definition }).collect();
        table.sort_by(|one, other| key(&one.definition).cmp(&key(&other.definition)));
        table
    })
}

fn is_inlined(definition: &Definition) -> bool {
    let mut census =
        Census { definition, nodes: 0, calls_itself: false, uses: vec![0; definition.params.len()] };
    census.ast(&definition.body);
    // A value is read once, where it is bound; as a filter it would be read again.
    let is_once = |(param, uses): (&Param, &usize)| if param.is_value { *uses == 0 } else { *uses <= 1 };
    census.nodes <= MAX_INLINED_NODES
        && !census.calls_itself
        && definition.params.iter().zip(&census.uses).all(is_once)
}

/// Counts what a body holds.
struct Census<'d> {
    definition: &'d Definition,
    nodes: usize,
    calls_itself: bool,
    uses: Vec<usize>,
}

impl Census<'_> {
    fn ast(&mut self, ast: &Ast) {
        self.nodes += 1;
        match ast {
            Ast::Identity
            | Ast::Recurse
            | Ast::Const(_)
            | Ast::Format(_)
            | Ast::Variable(_)
            | Ast::Break(_) => {}
            Ast::Text { parts, .. } => parts.iter().for_each(|part| match part {
                Part::Text(_) => {}
                Part::Value(value) => self.ast(value),
            }),
            Ast::Array(inner) | Ast::Negate(inner) => self.ast(inner),
            Ast::Object(members) => members.iter().for_each(|(key, value)| {
                self.key(key);
                self.ast(value);
            }),
            Ast::Access(inner, accesses) => {
                self.ast(inner);
                accesses.iter().for_each(|access| self.access(access));
            }
            Ast::Pipe(stages) => stages.iter().for_each(|stage| self.stage(stage)),
            Ast::Comma(all) | Ast::Alternative(all) | Ast::Logic(_, all) => {
                all.iter().for_each(|ast| self.ast(ast))
            }
            Ast::Binary(first, rest) => {
                self.ast(first);
                rest.iter().for_each(|(_, right)| self.ast(right));
            }
            Ast::Assign(_, left, right) => [left, right].into_iter().for_each(|side| self.ast(side)),
            Ast::If(branches, otherwise) => {
                branches.iter().flat_map(|(condition, then)| [condition, then]).for_each(|ast| self.ast(ast));
                otherwise.iter().for_each(|otherwise| self.ast(otherwise));
            }
            Ast::Try(body, handler) => {
                self.ast(body);
                handler.iter().for_each(|handler| self.ast(handler));
            }
            Ast::Reduce(fold) | Ast::Foreach(fold) => self.fold(fold),
            Ast::Call(named, arguments) => {
                self.call(&named.name, arguments.len());
                arguments.iter().for_each(|argument| self.ast(argument));
            }
        }
    }

    fn call(&mut self, name: &str, arity: usize) {
        self.calls_itself |= *self.definition.name == *name && self.definition.params.len() == arity;
        let params = self.definition.params.iter().zip(&mut self.uses);
        params.filter(|(param, _)| arity == 0 && *param.name == *name).for_each(|(_, uses)| *uses += 1);
    }

    fn key(&mut self, key: &ObjectKey) {
        match key {
            ObjectKey::Name(_) => {}
            ObjectKey::Computed(key) => self.ast(key),
        }
    }

    fn access(&mut self, access: &Access) {
        match &access.kind {
            AccessKind::Each => {}
            AccessKind::Index(key) => self.ast(key),
            AccessKind::Slice(from, to) => [from, to].into_iter().flatten().for_each(|bound| self.ast(bound)),
        }
    }

    fn stage(&mut self, stage: &Stage) {
        match stage {
            Stage::Run(ast) => self.ast(ast),
            Stage::Bind(source, patterns) => {
                self.ast(source);
                patterns.iter().for_each(|pattern| self.pattern(pattern));
            }
            Stage::Label(_) => {}
            Stage::Define(inner) => self.ast(&inner.body),
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Variable(_) => {}
            Pattern::Array(elements) => elements.iter().for_each(|element| self.pattern(element)),
            Pattern::Object(entries) => entries.iter().for_each(|entry: &Entry| {
                self.key(&entry.key);
                entry.pattern.iter().for_each(|pattern| self.pattern(pattern));
            }),
        }
    }

    fn fold(&mut self, fold: &Fold) {
        self.ast(&fold.source);
        fold.patterns.iter().for_each(|pattern| self.pattern(pattern));
        [&fold.init, &fold.update].into_iter().chain(&fold.extract).for_each(|ast| self.ast(ast));
    }
}
