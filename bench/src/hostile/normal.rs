//! Normal requests, so many in flight all the time: checks, styles and queries of the small documents of the corpus.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use client::{Error, JsonClient};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use pb::QueryLanguage::{Jmespath, Jq, Jsonpath, Pointer};
use tokio::task::JoinSet;

/// How many are in flight.
pub(super) const IN_FLIGHT: usize = 100;
/// Longest document that a normal request has, in bytes.
const MAX_BYTES: usize = 64 << 10;

/// Programs that do something on any document.
const PROGRAMS: [(pb::QueryLanguage, &str); 4] =
    [(Pointer, ""), (Jsonpath, "$[0]"), (Jmespath, "length(@)"), (Jq, "length")];

/// The requests that are under way.
pub(super) struct Normal {
    waits: Arc<Mutex<Vec<Duration>>>,
    failed: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
    callers: JoinSet<()>,
}

impl Normal {
    /// Starts them; each caller sends the next when it has an answer.
    pub(super) fn start(client: &JsonClient) -> Result<Normal> {
        let texts = crate::corpus::corpus()?.into_iter().map(|(_, text)| text);
        let texts: Arc<[Vec<u8>]> = texts.filter(|text| text.len() <= MAX_BYTES).collect();
        anyhow::ensure!(!texts.is_empty(), "the corpus has a document of at most 64 KiB");
        let (waits, failed) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
        let ends = Arc::new(AtomicBool::new(false));
        let mut callers = JoinSet::new();
        for first in 0..IN_FLIGHT {
            let (client, texts) = (client.clone(), Arc::clone(&texts));
            let (waits, failed) = (Arc::<Mutex<Vec<Duration>>>::clone(&waits), Arc::clone(&failed));
            let ends = Arc::clone(&ends);
            callers.spawn(async move {
                for turn in first.. {
                    if ends.load(Ordering::Relaxed) {
                        break;
                    }
                    let begun = Instant::now();
                    let text = &texts[turn % texts.len()];
                    match send(&client, turn, text).await {
                        Ok(()) => lock(&waits).push(begun.elapsed()),
                        Err(_) => drop(failed.fetch_add(1, Ordering::Relaxed)),
                    }
                }
            });
        }
        Ok(Normal { waits, failed, ends, callers })
    }

    /// What was waited for each answer since the last time.
    pub(super) fn take(&self) -> Vec<Duration> {
        std::mem::take(&mut lock(&self.waits))
    }

    /// Waits for the last answers; gives how many there were none to.
    pub(super) async fn stop(self) -> usize {
        self.ends.store(true, Ordering::Relaxed);
        self.callers.join_all().await;
        self.failed.load(Ordering::Relaxed)
    }
}

fn lock(waits: &Mutex<Vec<Duration>>) -> std::sync::MutexGuard<'_, Vec<Duration>> {
    waits.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One of each kind in turn.
async fn send(client: &JsonClient, turn: usize, text: &[u8]) -> Result<(), Error> {
    let context = Context::background();
    let input = Some(pb::Input { source: Some(pb::input::Source::Data(text.to_vec().into())), format: 0 });
    match turn % 3 {
        0 => client.validate(&context, pb::ValidateRequest { input, ..Default::default() }).await.map(drop),
        1 => {
            let style = pb::FormatStyle::Minify.into();
            client.format(&context, pb::FormatRequest { input, style, ..Default::default() }).await.map(drop)
        }
        _ => {
            let (language, program) = PROGRAMS[turn / 3 % PROGRAMS.len()];
            let (language, query) = (language.into(), program.to_owned());
            let request = pb::QueryRequest { input, language, query, ..Default::default() };
            client.query(&context, request).await.map(drop)
        }
    }
}
