//! JMESPath on a document in memory.

use std::hint::black_box;
use std::rc::Rc;

use anyhow::{Context as _, Result, ensure};
use jmespath::Variable;
use json_engine::query::{Language, Query};
use serde_json::Value;

use super::{Documents, Program, budget, limits, parsed, programs_for, title};
use crate::race::Table;

const PROGRAMS: &[Program] = &[
    ("twitter", "search_metadata.count"),
    ("twitter", "statuses[*].user.screen_name"),
    ("twitter", "statuses[?retweet_count > `10`].text"),
    ("twitter", "statuses[?user.followers_count >= `1000` && lang == 'ja'].id"),
    ("twitter", "statuses[].entities.hashtags[].text"),
    ("twitter", "statuses[*].{id: id_str, name: user.screen_name, tags: entities.hashtags[*].text}"),
    ("twitter", "sort_by(statuses, &retweet_count)[-5:].id_str"),
    ("twitter", "max_by(statuses, &user.followers_count).user.name"),
    ("twitter", "length(statuses[?contains(text, 'http')])"),
    ("twitter", "statuses[::2] | [*].entities.urls[*].expanded_url | []"),
];

pub(super) fn run(documents: &Documents) -> Result<()> {
    let mut table = Table::of_programs("JMESPath", 20.0, "jmespath on a Variable");
    for (name, text) in documents {
        let document = parsed(text)?;
        let variable = Rc::new(Variable::from_json(std::str::from_utf8(text)?).ok().context("no JSON")?);
        for program in programs_for(PROGRAMS, name) {
            let ours = Query::compile(Language::JmesPath, program)?;
            let theirs = jmespath::compile(program)?;
            let (limits, budget) = (limits(), budget());
            let found = ours.run(text, &super::options(), &budget)?.text;
            let expected = theirs.search(&variable)?.to_string();
            let [found, expected] = [found, expected.into_bytes()].map(|json| serde_json::from_slice(&json));
            let (found, expected): (Value, Value) = (found?, expected?);
            ensure!(found == expected, "{program} finds {found}, not {expected}");
            let ours = || drop(black_box(ours.select(&document, &limits, &budget)));
            table.program(&title(name, program), ours, || drop(black_box(theirs.search(&variable))));
        }
    }
    table.close();
    Ok(())
}
