//! JSONPath on a document in memory.

use std::hint::black_box;

use anyhow::{Result, ensure};
use json_engine::query::{Language, Query};
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{Documents, Program, budget, hits, limits, parsed, programs_for, title};
use crate::race::Table;

const PROGRAMS: &[Program] = &[
    ("twitter", "$.search_metadata.count"),
    ("twitter", "$.statuses[*].user.screen_name"),
    ("twitter", "$.statuses[::2].entities.urls[*].expanded_url"),
    ("twitter", "$.statuses[?@.retweet_count > 10].text"),
    ("twitter", "$.statuses[?@.user.followers_count >= 1000 && @.lang == 'ja'].id"),
    ("twitter", "$.statuses[?@.entities.hashtags[0]].id"),
    ("twitter", "$.statuses[?match(@.user.screen_name, '[a-z]+[0-9]*')].id"),
    ("twitter", "$.statuses[?length(@.text) > 100].id"),
    ("twitter", "$..screen_name"),
    ("twitter", "$..hashtags[*].text"),
    ("twitter", "$..[?@.followers_count > 1000].name"),
    ("twitter", "$..*"),
    ("citm", "$.events.*.name"),
    ("citm", "$.performances[?@.eventId == 138586341].id"),
    ("citm", "$.performances[*].prices[?@.amount > 50000].amount"),
    ("citm", "$..areaId"),
    ("canada", "$.features[*].geometry.coordinates[*][0]"),
    ("canada", "$.features[*].geometry.coordinates[*][?@[0] > -60.5]"),
    ("canada", "$..[0]"),
    ("github", "$[?@.type == 'PushEvent'].payload.commits[*].message"),
    ("github", "$..url"),
    ("apache", "$.jobs[?@.color == 'red'].name"),
    ("update", "$.plugins.*.developers[*].name"),
    ("update", "$..dependencies[?@.optional == true].name"),
    ("gsoc", "$.*.author.name"),
    ("gsoc", "$[?search(@.description, 'Linux')].name"),
    ("mesh", "$.positions[?@ > 0]"),
    ("numbers", "$[?@ > 0.5]"),
    ("numbers", "$[::10]"),
    ("random", "$.result[?@.age > 30].name"),
    ("random", "$.result[*].friends[*].name"),
];

pub(super) fn run(documents: &Documents) -> Result<()> {
    let mut table = Table::of_programs("JSONPath", 1.0, "serde_json_path on a Value");
    for (name, text) in documents {
        let (document, value) = (parsed(text)?, serde_json::from_slice::<Value>(text)?);
        for program in programs_for(PROGRAMS, name) {
            let ours = Query::compile(Language::JsonPath, program)?;
            let theirs = JsonPath::parse(program)?;
            let (limits, budget) = (limits(), budget());
            let found = hits(&ours.select(&document, &limits, &budget)?);
            ensure!(found == theirs.query(&value).len(), "{program} finds {found} of another number");
            let ours = || drop(black_box(ours.select(&document, &limits, &budget)));
            table.program(&title(name, program), ours, || drop(black_box(theirs.query(&value))));
        }
    }
    table.close();
    Ok(())
}
