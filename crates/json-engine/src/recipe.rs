//! Recipes: steps in order, each on the answer of the one before.
//!
//! A step that works on values hands those of its answer, beside its text, to the next one that works on values. Promise: text,
//! findings and errors are those of the steps run one by one, each on the text of the one before. Cost: that of the steps; a
//! text that a step has written from values is not parsed again, but its values are visited once.

mod conflict;
mod step;

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use crate::budget::Budget;
use crate::convert::Format;
use crate::error::{Error, LimitKind};
use crate::input::{Input, Values, Wanted};
use crate::{Code, Diagnostic, Feed, FeedLimits, ScanOptions};

use step::Outcome;
pub use step::Step;

/// Most steps of a recipe.
pub const MAX_STEPS: usize = 32;

/// Steps that are run in order; 1 to [`MAX_STEPS`].
#[derive(Debug, Clone)]
pub struct Recipe(Vec<Step>);

/// What a recipe gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeAnswer {
    /// The answer of the last step.
    pub text: Vec<u8>,
    /// How it is written; `None` where it is lines for people.
    pub format: Option<Format>,
    /// What each step cost.
    pub steps: Vec<StepCost>,
    /// Warnings with the index of the step that met them first, at most `max_diagnostics`. A check or a style leaves the
    /// document what it is, so the steps behind it warn only of numbers that they change.
    pub diagnostics: Vec<(usize, Diagnostic)>,
    /// How many warnings there are in all.
    pub diagnostics_total: u64,
}

/// What a step cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepCost {
    /// Name of the step.
    pub name: &'static str,
    /// Time by the clock of the budget.
    pub time: Duration,
    /// Length of its answer.
    pub output_bytes: u64,
}

/// The step that failed, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("step {step}: {error}")]
pub struct StepError {
    /// Index of the step, 0-based.
    pub step: usize,
    /// Why.
    #[source]
    pub error: Error,
}

impl Recipe {
    /// Checks the number of steps.
    pub fn new(steps: Vec<Step>) -> Result<Recipe, Error> {
        if steps.is_empty() {
            let message = "there is no step".to_owned();
            return Err(Error::Option { name: "steps", message, allowed: "1 to 32 steps" });
        }
        if steps.len() > MAX_STEPS {
            let (allowed, actual) = (MAX_STEPS as u64, steps.len() as u64);
            return Err(Error::Limit { limit: LimitKind::RecipeSteps, allowed, actual, position: None });
        }
        Ok(Recipe(steps))
    }

    /// Whether a step does more than check the grammar, style and query: its time grows with the size of its documents.
    pub fn works_on_documents(&self) -> bool {
        self.0.iter().any(Step::works_on_documents)
    }

    /// Whether it works while its document arrives: a single step, a check or a style that keeps order and numbers.
    pub fn streams(&self) -> bool {
        matches!(self.0.as_slice(), [step] if step.feed().is_some())
    }

    /// The feed that gives its answer, and the name of its step; `None` where it needs the whole document.
    pub fn feed(&self, options: &ScanOptions, limits: FeedLimits) -> Option<(Feed, &'static str)> {
        let [step] = self.0.as_slice() else {
            return None;
        };
        let (style, duplicate_keys, profile) = step.feed()?;
        let options = ScanOptions { duplicate_keys, profile, ..*options };
        Some((Feed::new(style, &options, limits), step.name()))
    }

    /// How many steps it has.
    pub fn step_count(&self) -> usize {
        self.0.len()
    }

    /// Whether the answer of a step depends on more than its document.
    pub fn takes_more_than_its_document(&self, step: usize) -> bool {
        self.0.get(step).is_some_and(Step::takes_more_than_its_document)
    }

    /// The first such step; `None` where the same document always gives the same answer, on processors of one kind.
    pub fn first_changing_step(&self) -> Option<usize> {
        self.0.iter().position(Step::takes_more_than_its_document)
    }

    /// Whether a step reads its document: it works on values, and the step before does not hand them to it.
    pub fn reads_document(&self, step: usize) -> bool {
        let is_handed = step.checked_sub(1).is_some_and(|before| self.hands_values(before));
        self.works_on_values(step) && !is_handed
    }

    /// Whether a step works on the values of its document; else on its text.
    pub fn works_on_values(&self, step: usize) -> bool {
        self.0.get(step).is_some_and(Step::works_on_values)
    }

    /// Whether a step hands the values of its answer to the next, beside the text; unless they take most of the memory.
    pub fn hands_values(&self, step: usize) -> bool {
        let takes = self.wanted(step, &(0..self.0.len())) == Wanted::Values;
        let is_holder = |step: &&Step| !matches!(step, Step::Validate { .. });
        let holder = self.0.iter().take(step + 1).rev().find(is_holder);
        takes && holder.is_some_and(Step::gives_values)
    }

    /// What of the answer of a step the next one of the part works on; a check of the text hands on what it got.
    fn wanted(&self, step: usize, part: &Range<usize>) -> Wanted {
        let mut behind = self.0.iter().take(part.end).skip(step + 1);
        let next = behind.find(|step| !matches!(step, Step::Validate { .. }));
        if next.is_some_and(Step::takes_values) { Wanted::Values } else { Wanted::Text }
    }

    /// Runs the steps; they share the budget. The first that fails ends the recipe.
    pub fn run(
        &self,
        text: &[u8],
        options: &ScanOptions,
        budget: &Budget,
    ) -> Result<RecipeAnswer, StepError> {
        self.run_part(0..self.0.len(), text, options, budget)
    }

    /// Runs some of the steps on what those before them gave. The answers of all parts, one behind the other, are that of
    /// [`Recipe::run`], but that each part keeps `max_diagnostics` warnings of its own. Steps that the recipe does not have are
    /// left out.
    pub fn run_part(
        &self,
        part: Range<usize>,
        text: &[u8],
        options: &ScanOptions,
        budget: &Budget,
    ) -> Result<RecipeAnswer, StepError> {
        let part = part.start.min(self.0.len())..part.end.min(self.0.len());
        let (mut present, mut values) = (Cow::Borrowed(text), Values::default());
        let mut steps = Vec::with_capacity(part.len());
        let (mut diagnostics, mut diagnostics_total) = (Vec::new(), 0);
        let (before, _) = self.0.split_at(part.start);
        let mut is_known = before.last().is_some_and(Step::keeps_document);
        let mut written_as = Some(Format::Json);
        for step in before {
            written_as = step.written_as(written_as);
        }
        for (index, step) in self.0.iter().enumerate().take(part.end).skip(part.start) {
            let begun = budget.now();
            let fail = |error| StepError { step: index, error };
            let mut input = Input::with(&present, values);
            let wanted = self.wanted(index, &part);
            let Outcome { changed, report, rounded } =
                step::run(step, &mut input, wanted, options, budget).map_err(fail)?;
            values = input.into_values();
            if let Some((text, of_text)) = changed {
                (present, values) = (Cow::Owned(text), of_text);
            }
            diagnostics_total += if is_known { rounded } else { report.diagnostics_total };
            let room = (options.limits.max_diagnostics as usize).saturating_sub(diagnostics.len());
            let is_new = |finding: &Diagnostic| !is_known || finding.code == Code::NumberRounded;
            let new = report.diagnostics.into_iter().filter(is_new);
            diagnostics.extend(new.take(room).map(|finding| (index, finding)));
            is_known = step.keeps_document();
            written_as = step.written_as(written_as);
            let time = budget.now().saturating_sub(begun);
            steps.push(StepCost { name: step.name(), time, output_bytes: present.len() as u64 });
        }
        let text = present.into_owned();
        Ok(RecipeAnswer { text, format: written_as, steps, diagnostics, diagnostics_total })
    }
}
