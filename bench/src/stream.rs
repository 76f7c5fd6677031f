//! jq programs over NDJSON: RunStream against the jq command.
//!
//! The records are the statuses of twitter.json, a line each, over and over. The server has core 0 and so has jq, which reads the
//! file itself; our client, which sends and receives, has the rest of the machine.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use client::JsonClient;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use pb::run_stream_request::Message;
use serde_json::Value;
use tokio::process::Command;

use crate::server::{self, Which};

/// Length of the stream.
const BYTES: usize = 140_000_000;
/// Length of a piece.
const PIECE_BYTES: usize = 256 << 10;
/// Both sides in turns; the best counts.
const ROUNDS: usize = 3;

const PROGRAMS: [(&str, &str); 4] = [
    ("path", ".user.screen_name"),
    ("select", "select(.user.followers_count > 500) | .id"),
    ("construct", "{id, text, user: .user.screen_name, tags: [.entities.hashtags[].text]}"),
    ("strings", "[.. | strings | length] | add"),
];

/// Prints seconds of both sides and their ratio, a program.
pub(crate) async fn run() -> Result<()> {
    let records = records()?;
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(&records)?;
    let server = server::start(Which::Json).await?;
    let client = JsonClient::new(client::Config::at(format!("http://{}", server.address)))?;
    let (jq, version) = Jq::find().await?;
    let megabytes = BYTES / 1_000_000;
    println!("jq over {megabytes} MB of NDJSON, one core, best of {ROUNDS}, against {version}");
    println!("{:<10} {:>9} {:>9} {:>6}", "program", "ours, s", "jq, s", "ratio");
    for (name, program) in PROGRAMS {
        let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            ours = ours.min(stream(&client, program, &records).await?);
            theirs = theirs.min(jq.run(program, file.path()).await?);
        }
        let (ours, theirs) = (ours.as_secs_f64(), theirs.as_secs_f64());
        println!("{name:<10} {ours:>9.2} {theirs:>9.2} {:>6.2}", theirs / ours);
    }
    Ok(())
}

fn records() -> Result<Bytes> {
    let path = testkit::shared("corpus/twitter.json").context("../shared/corpus is missing")?;
    let document: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let statuses = document["statuses"].as_array().context("twitter.json has statuses")?;
    let lines: String = statuses.iter().map(|status| format!("{status}\n")).collect();
    Ok(lines.repeat(BYTES / lines.len()).into())
}

async fn stream(client: &JsonClient, program: &str, records: &Bytes) -> Result<Duration> {
    let language = pb::QueryLanguage::Jq.into();
    let query = pb::QueryStep { language, query: program.to_owned(), ..Default::default() };
    let recipe = Some(pb::Recipe { steps: vec![pb::Step { step: Some(pb::step::Step::Query(query)) }] });
    let header = Message::Header(pb::RunStreamHeader { recipe, ..Default::default() });
    let mut rest = records.clone();
    let pieces = std::iter::from_fn(move || {
        let length = rest.len().min(PIECE_BYTES);
        (length > 0).then(|| Message::Data(rest.split_to(length)))
    });
    let messages = std::iter::once(header).chain(pieces);
    let messages = messages.map(|message| pb::RunStreamRequest { message: Some(message) });
    let begun = Instant::now();
    let mut answers = client.run_stream(&Context::background(), tokio_stream::iter(messages)).await?;
    let mut summary = pb::RunStreamSummary::default();
    while let Some(response) = answers.next().await {
        summary = response?.summary.unwrap_or(summary);
    }
    anyhow::ensure!(summary.records > 0 && summary.errors == 0, "all records have an answer: {summary:?}");
    Ok(begun.elapsed())
}

/// The jq that is measured against: the command where it is 1.7 or later, else the binding of Python (PyPI `jq`), which has the
/// engine of 1.8; it makes values of Python of the results where the command writes them.
#[derive(Clone, Copy)]
enum Jq {
    Command,
    Binding,
}

const BINDING: &str = "import jq, sys
for _ in jq.compile(sys.argv[1]).input_text(open(sys.argv[2]).read()):
    pass
";

impl Jq {
    async fn find() -> Result<(Jq, String)> {
        let version = output(&["jq", "--version"]).await.unwrap_or_default();
        if ["jq-1.7", "jq-1.8"].iter().any(|known| version.starts_with(known)) {
            return Ok((Jq::Command, version));
        }
        let ask =
            "import importlib.metadata as m, jq; print('the binding of Python, PyPI jq', m.version('jq'))";
        let version = output(&["python3", "-c", ask]).await;
        Ok((Jq::Binding, version.context("jq 1.7 or later is needed, or Python with the package jq")?))
    }

    /// On core 0.
    async fn run(self, program: &str, file: &Path) -> Result<Duration> {
        let begun = Instant::now();
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).stdout(Stdio::null());
        match self {
            Jq::Command => command.args(["jq", "-c", program]),
            Jq::Binding => command.args(["python3", "-c", BINDING, program]),
        };
        let status = command.arg(file).status().await?;
        anyhow::ensure!(status.success(), "jq failed");
        Ok(begun.elapsed())
    }
}

async fn output(command: &[&str]) -> Result<String> {
    let output = Command::new(command[0]).args(&command[1..]).output().await?;
    anyhow::ensure!(output.status.success(), "{} failed", command[0]);
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
