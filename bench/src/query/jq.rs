//! jq: what compiling a program takes, and a turn of a loop; what programs take on documents is in `bench stream`.

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Result, ensure};
use json_engine::query::{Language, Query};

use super::{Documents, budget, options};
use crate::race::best;

/// Programs that people write.
const USUAL: [&str; 10] = [
    ".user.screen_name",
    ".statuses[] | select(.retweet_count > 10) | .text",
    "{id: .id_str, name: .user.screen_name, tags: [.entities.hashtags[].text]}",
    "[.. | strings | length] | add",
    "map(select(.color == \"red\") | .name) | sort | unique",
    "group_by(.lang) | map({lang: .[0].lang, count: length})",
    "to_entries | map(select(.value != null)) | from_entries",
    ".items |= map(.price *= 1.1)",
    "reduce .[] as $item ({}; .[$item.key] += $item.value)",
    "[.[] | select(.name | test(\"^[a-z]+[0-9]*$\"))] | length",
];

/// Turns of each loop.
const TURNS: u32 = 200_000;

/// Loops; what a turn does.
const LOOPS: [(&str, &str); 6] = [
    ("count", "[range(200000)] | length"),
    ("add to a number", "reduce range(200000) as $i (0; . + $i)"),
    ("add to an array", "reduce range(200000) as $i ([]; . + [$i]) | length"),
    ("select by a comparison", "[range(200000) | select(. % 3 == 0)] | length"),
    ("build an object, read it", "[range(200000) | {a: .} | .a] | length"),
    ("call itself", "def f: if . < 200000 then . + 1 | f else . end; 0 | f"),
];

/// Longest time to compile a usual program, in microseconds; a hit among the compiled ones takes less than 5.
const COMPILE: f64 = 500.0;

pub(super) fn run(_documents: &Documents) -> Result<()> {
    println!("\njq, compile: at most {COMPILE} microseconds");
    for program in USUAL {
        Query::compile(Language::Jq, program)?;
        let time = micros(best(|| drop(black_box(Query::compile(Language::Jq, program)))));
        let mark = if time > COMPILE { "  missed" } else { "" };
        println!("{program:<76} {time:>9.1}{mark}");
    }
    println!("\njq, a turn of a loop within a budget; nanoseconds");
    for (what, program) in LOOPS {
        let query = Query::compile(Language::Jq, program)?;
        let (options, budget) = (options(), budget());
        ensure!(query.run(b"null", &options, &budget)?.hits == 1, "{program} gives one value");
        let time = best(|| drop(black_box(query.run(b"null", &options, &budget))));
        println!("{what:<76} {:>9.1}", micros(time) * 1e3 / f64::from(TURNS));
    }
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
