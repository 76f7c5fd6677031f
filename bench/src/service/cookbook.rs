//! The recipes of docs/recipes.md that succeed, as calls.

use anyhow::{Context as _, Result, ensure};
use fastjson_proto::fastjson::v1 as pb;

use super::request::{Request, input};

const PAGE: &str = include_str!("../../../docs/recipes.md");

/// Steps as they are written, and the call.
pub(super) fn recipes() -> Result<Vec<(String, Request)>> {
    let mut recipes = Vec::new();
    for heading in ["Steps", "Several steps"] {
        let section = PAGE.split("\n## ").find(|section| section.starts_with(heading));
        let section = section.with_context(|| format!("docs/recipes.md has no section {heading}"))?;
        for line in section.lines().filter(|line| line.starts_with('|')).skip(2) {
            recipes.push(recipe(line)?);
        }
    }
    ensure!(recipes.len() > 10, "docs/recipes.md has its tables");
    Ok(recipes)
}

/// A row: its last cells are steps, document and answer.
fn recipe(line: &str) -> Result<(String, Request)> {
    let inside = line.trim_start_matches('|').trim_end_matches('|');
    let cells: Vec<&str> = inside.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
    let [.., steps, document, _answer] = cells[..] else { anyhow::bail!("{line}") };
    let recipe = format!(r#"{{"steps":[{steps}]}}"#);
    let recipe = client::json_mapping::decode("fastjson.v1.Recipe", recipe.as_bytes())?;
    let input = Some(input(document.replace("\\n", "\n")));
    let request = pb::RunRequest { input, recipe: Some(recipe), ..Default::default() };
    Ok((steps.to_owned(), Request::Run(request)))
}
