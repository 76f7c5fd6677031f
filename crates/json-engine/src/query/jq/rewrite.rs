//! Puts a native `__tick` into a program, so that no loop of it goes unseen: before each body of a definition and each
//! right side of a pipe, behind the elements of a collector, a closure and the source of a fold.
//!
//! Nothing is put behind a call in tail position, so that tail calls stay tail calls.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Term};

type Tree<'s> = Term<&'s str>;

pub(super) fn definition(definition: Def<&str>) -> Def<&str> {
    let Def { name, args, body } = definition;
    Def { name, args, body: ticked(term(body)) }
}

fn tick<'s>() -> Tree<'s> {
    Term::Call("__tick", Vec::new())
}

fn ticked(term: Tree<'_>) -> Tree<'_> {
    Term::BinOp(Box::new(tick()), BinaryOp::Pipe(None), Box::new(term))
}

fn followed(term: Tree<'_>) -> Tree<'_> {
    Term::BinOp(Box::new(term), BinaryOp::Pipe(None), Box::new(tick()))
}

#[expect(clippy::boxed_local, reason = "the tree of jaq is made of boxes")]
fn boxed(inner: Box<Tree<'_>>) -> Box<Tree<'_>> {
    Box::new(term(*inner))
}

pub(super) fn term(tree: Tree<'_>) -> Tree<'_> {
    match tree {
        Term::Def(definitions, rest) => {
            Term::Def(definitions.into_iter().map(definition).collect(), boxed(rest))
        }
        Term::BinOp(left, BinaryOp::Pipe(pattern), right) => {
            Term::BinOp(boxed(left), BinaryOp::Pipe(pattern), Box::new(ticked(term(*right))))
        }
        Term::BinOp(left, operator, right) => Term::BinOp(boxed(left), operator, boxed(right)),
        Term::Arr(Some(inner)) => Term::Arr(Some(Box::new(followed(term(*inner))))),
        Term::Neg(inner) => Term::Neg(boxed(inner)),
        Term::Label(name, inner) => Term::Label(name, boxed(inner)),
        Term::Obj(members) => {
            Term::Obj(members.into_iter().map(|(key, value)| (term(key), value.map(term))).collect())
        }
        Term::Fold(name, source, pattern, parts) => {
            let parts = parts.into_iter().map(term).collect();
            Term::Fold(name, Box::new(followed(term(*source))), pattern, parts)
        }
        Term::TryCatch(inner, catch) => Term::TryCatch(boxed(inner), catch.map(boxed)),
        Term::IfThenElse(branches, otherwise) => {
            let branches = branches.into_iter().map(|(condition, then)| (term(condition), term(then)));
            Term::IfThenElse(branches.collect(), otherwise.map(boxed))
        }
        Term::Call(name, arguments) => {
            Term::Call(name, arguments.into_iter().map(|argument| ticked(term(argument))).collect())
        }
        Term::Str(format, parts) => Term::Str(format, parts.into_iter().map(part).collect()),
        Term::Path(inner, path) => Term::Path(boxed(inner), path),
        leaf
        @ (Term::Id | Term::Recurse | Term::Num(_) | Term::Arr(None) | Term::Break(_) | Term::Var(_)) => leaf,
    }
}

fn part<'s>(part: StrPart<&'s str, Tree<'s>>) -> StrPart<&'s str, Tree<'s>> {
    match part {
        StrPart::Term(inner) => StrPart::Term(term(inner)),
        plain @ (StrPart::Str(_) | StrPart::Char(_)) => plain,
    }
}
