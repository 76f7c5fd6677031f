//! Recipes as calls: those of docs/recipes.md that succeed, and what services do with real documents.

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

/// What is done with documents of the corpus: the name of the document, and the steps.
const ON_CORPUS: &[(&str, &str)] = &[
    // An event feed, checked and cut down to what a consumer reads.
    (
        "github_events",
        r#"{"validate":{"duplicateKeys":"DUPLICATE_KEYS_REJECT"}},
           {"query":{"language":"QUERY_LANGUAGE_JQ","query":"map(select(.type == \"PushEvent\") | {id, repo: .repo.name, by: .actor.login})"}},
           {"format":{"style":"FORMAT_STYLE_MINIFY"}}"#,
    ),
    // The state of builds as a table.
    (
        "apache_builds",
        r#"{"query":{"language":"QUERY_LANGUAGE_JMESPATH","query":"jobs[?color == 'red'].{name: name, url: url}"}},
           {"convert":{"to":"FORMAT_CSV"}}"#,
    ),
    // Measurements, checked against a schema and added up.
    (
        "numbers",
        r#"{"checkSchema":{"schema":"{\"type\":\"array\",\"items\":{\"type\":\"number\"}}"}},
           {"query":{"language":"QUERY_LANGUAGE_JQ","query":"{count: length, mean: (add / length), most: max}"}}"#,
    ),
    // A page of users: checked, its private fields taken out, records for a stream.
    (
        "random",
        r#"{"checkSchema":{"schema":"{\"type\":\"object\",\"required\":[\"result\"],\"properties\":{\"result\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"email\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"email\":{\"type\":\"string\"}}}}}}"}},
           {"query":{"language":"QUERY_LANGUAGE_JQ","query":".result | map(del(.phone, .email))"}},
           {"convert":{"to":"FORMAT_NDJSON"}}"#,
    ),
    // A catalogue, changed and given to a person.
    (
        "update-center",
        r#"{"patch":{"patch":"[{\"op\":\"replace\",\"path\":\"/id\",\"value\":\"mirror\"},{\"op\":\"remove\",\"path\":\"/signature\"}]"}},
           {"convert":{"to":"FORMAT_YAML"}}"#,
    ),
    (
        "update-center",
        r#"{"query":{"language":"QUERY_LANGUAGE_JSONPATH","query":"$.plugins[?@.requiredCore].name"}},
           {"query":{"language":"QUERY_LANGUAGE_JQ","query":"sort | length"}}"#,
    ),
    // Statuses: what is new in them, and their content's name.
    (
        "twitter",
        r#"{"merge":{"patch":"{\"search_metadata\":null}"}},
           {"query":{"language":"QUERY_LANGUAGE_JQ","query":".statuses | map({id, text, user: .user.screen_name, tags: [.entities.hashtags[].text]})"}},
           {"convert":{"to":"FORMAT_YAML"}}"#,
    ),
    ("twitter", r#"{"inferSchema":{}},{"format":{"style":"FORMAT_STYLE_PRETTY"}}"#),
    ("twitter", r#"{"format":{"style":"FORMAT_STYLE_CANONICAL"}}"#),
];

/// The recipes on documents of the corpus among `documents`: the name of the document and the steps, and the call.
pub(super) fn on_corpus(documents: &[(String, Vec<u8>)]) -> Result<Vec<(String, Request)>> {
    let mut requests = Vec::new();
    for (name, steps) in ON_CORPUS {
        let file = format!("{name}.json");
        let Some((_, text)) = documents.iter().find(|(name, _)| *name == file) else { continue };
        requests.push((format!("{name} {}", kinds(steps)), run(steps, input(text.clone()))?));
    }
    Ok(requests)
}

/// The kinds of the steps, in their order: what stands before a step's own braces.
fn kinds(steps: &'static str) -> String {
    let kind = |part: &'static str| {
        part.strip_suffix("\":").or_else(|| part.split_once("\":{}").map(|(kind, _)| kind))
    };
    steps.split("{\"").filter_map(kind).collect::<Vec<_>>().join(", ")
}

/// A row: its last cells are steps, document and answer.
fn recipe(line: &str) -> Result<(String, Request)> {
    let inside = line.trim_start_matches('|').trim_end_matches('|');
    let cells: Vec<&str> = inside.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
    let [.., steps, document, _answer] = cells[..] else { anyhow::bail!("{line}") };
    Ok((steps.to_owned(), run(steps, input(document.replace("\\n", "\n")))?))
}

fn run(steps: &str, input: pb::Input) -> Result<Request> {
    let recipe = format!(r#"{{"steps":[{steps}]}}"#);
    let recipe = client::json_mapping::decode("fastjson.v1.Recipe", recipe.as_bytes())?;
    let request = pb::RunRequest { input: Some(input), recipe: Some(recipe), ..Default::default() };
    Ok(Request::Run(request))
}
