//! `cargo x compose`: the pair in containers, each reaching its peer by service name.
//!
//! `up` and `down` are for users; `test` builds the images from the tests' own programs and talks to both services from
//! outside, so that a peer which cannot be reached, a name that a static program cannot resolve or a health check that
//! never turns healthy fails here.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use crate::artifacts::{Artifacts, Profile};
use crate::daemon::Docker;
use crate::image::{self, SERVICES};
use crate::steps::Tally;
use crate::tools::Toolbox;
use crate::workspace::Workspace;
use crate::{process, test};

const HEALTHY_LIMIT: Duration = Duration::from_secs(60);

/// Containers, network and images of the test have names of their own, and its ports are free ones, so that a pair
/// which already runs here is left alone.
const TEST_PROJECT: &str = "fastjson-test";
const TEST_SETTINGS: [(&str, &str); 5] = [
    ("FASTJSON_TAG", "test"),
    ("FASTJSON_API_PORT", "0"),
    ("FASTJSON_API_ADMIN_PORT", "0"),
    ("RUST_CACHE_SERVER_PORT", "0"),
    ("RUST_CACHE_SERVER_ADMIN_PORT", "0"),
];

/// `up`, `down` or `test`.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mut toolbox = Toolbox::open(workspace);
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] | ["test"] => {
            let artifacts = Artifacts::of(Profile::Dev)?;
            test::build(workspace, &artifacts)?;
            check(workspace, &artifacts, &mut toolbox)
        }
        ["up"] => up(workspace, &mut toolbox),
        ["down"] => down(workspace, &mut toolbox),
        other => bail!("`{}` is not known; allowed: test, up, down", other.join(" ")),
    }
}

fn up(workspace: &Workspace, toolbox: &mut Toolbox<'_>) -> Result<()> {
    let Some(docker) = Docker::open(workspace, toolbox)? else { return Ok(()) };
    image::build_release(workspace, &docker)?;
    process::run(&mut docker.compose(&["up", "-d"]))?;
    process::run(&mut docker.compose(&["ps"]))?;
    docker.leave_running();
    Ok(())
}

fn down(workspace: &Workspace, toolbox: &mut Toolbox<'_>) -> Result<()> {
    let Some(docker) = Docker::open(workspace, toolbox)? else { return Ok(()) };
    process::run(&mut docker.compose(&["down"]))
}

/// The smoke test, on programs that were built.
pub(crate) fn check(workspace: &Workspace, artifacts: &Artifacts, toolbox: &mut Toolbox<'_>) -> Result<()> {
    let mut tally = Tally::start();
    let tools_are_there = toolbox.require(&["grpcurl"])?;
    let docker = Docker::open(workspace, toolbox)?;
    let (true, Some(docker)) = (tools_are_there, docker) else {
        tally.ignore("compose", "what is missing stands above");
        return tally.finish();
    };
    image::stage(workspace, artifacts)?;
    let pair = Pair { docker, toolbox };
    let started = pair.start();
    tally.record("compose: both containers turn healthy", &started);
    if started.is_ok() {
        for story in STORIES {
            tally.record(story.name, &pair.tell(story));
        }
    }
    if tally.has_failed() {
        pair.print_logs();
    }
    tally.record("compose: down", &pair.stop());
    tally.finish()
}

/// A call and what its answer must say.
struct Story {
    name: &'static str,
    service: &'static str,
    call: &'static [&'static str],
    expected: &'static [&'static str],
}

const STORIES: &[Story] = &[
    Story {
        name: "compose: fastjson-api lists its services",
        service: "fastjson-api",
        call: &["list"],
        expected: &["fastjson.v1.JsonService", "grpc.health.v1.Health"],
    },
    Story {
        name: "compose: rust-cache-server lists its services",
        service: "rust-cache-server",
        call: &["list"],
        expected: &["rustcache.v1.CacheService", "grpc.health.v1.Health"],
    },
    Story {
        name: "compose: Validate says what is wrong",
        service: "fastjson-api",
        call: &["-d", r#"{"input":{"text":"{\"a\":1,}"}}"#, "fastjson.v1.JsonService/Validate"],
        expected: &["\"diagnostics\"", "\"TRAILING_COMMA\"", "\"column\": \"7\""],
    },
    Story {
        name: "compose: Set keeps a document",
        service: "rust-cache-server",
        call: &["-d", r#"{"key":"doc","value":{"text":"{\"a\":[1,2]}"}}"#, "rustcache.v1.CacheService/Set"],
        expected: &["\"stored\""],
    },
    Story {
        name: "compose: Query by reference reaches the cache by name",
        service: "fastjson-api",
        call: &[
            "-d",
            r#"{"input":{"ref":{"key":"doc"}},"language":"QUERY_LANGUAGE_POINTER","query":"/a/1","store_as":{"target":{"key":"answer"}}}"#,
            "fastjson.v1.JsonService/Query",
        ],
        expected: &["\"hits\": \"1\"", "\"key\": \"answer\""],
    },
    Story {
        name: "compose: GetOrCompute reaches fastjson-api by name",
        service: "rust-cache-server",
        call: &[
            "-d",
            r#"{"key":"computed","input":{"text":"{\"a\": 1}"},"recipe":{"steps":[{"format":{"style":"FORMAT_STYLE_MINIFY"}}]}}"#,
            "rustcache.v1.CacheService/GetOrCompute",
        ],
        expected: &["COMPUTE_SOURCE_COMPUTED"],
    },
];

struct Pair<'a> {
    docker: Docker<'a>,
    toolbox: &'a Toolbox<'a>,
}

impl Pair<'_> {
    fn start(&self) -> Result<()> {
        process::capture(&mut self.compose(&["build"]))?;
        process::capture(&mut self.compose(&["up", "-d"]))?;
        for service in SERVICES {
            process::until(&format!("{service} turns healthy"), HEALTHY_LIMIT, || self.is_healthy(service))?;
        }
        Ok(())
    }

    fn is_healthy(&self, service: &str) -> Result<bool> {
        let id = process::capture(&mut self.compose(&["ps", "-q", service]))?;
        let format = "{{.State.Health.Status}} {{.RestartCount}}";
        let state = process::capture(&mut self.docker.command(&["inspect", "--format", format, id.trim()]))?;
        let (health, restarts) = state.trim().split_once(' ').context("two words were asked for")?;
        ensure!(restarts == "0", "{service} ended and was started again");
        Ok(health == "healthy")
    }

    fn tell(&self, story: &Story) -> Result<()> {
        let port = if story.service == "fastjson-api" { "50051" } else { "50052" };
        let address = process::capture(&mut self.compose(&["port", story.service, port]))?;
        let (words, method) = story.call.split_at(story.call.len() - 1);
        let mut grpcurl = Command::new("grpcurl");
        grpcurl.env("PATH", self.toolbox.path()).args(["-plaintext", "-max-time", "10"]);
        grpcurl.args(words).arg(address.trim()).args(method);
        let answer = process::capture(&mut grpcurl)?;
        for part in story.expected {
            ensure!(answer.contains(part), "the answer does not say {part}:\n{answer}");
        }
        Ok(())
    }

    fn print_logs(&self) {
        if let Err(error) = process::run(&mut self.compose(&["logs", "--tail", "50"])) {
            println!("no logs: {error:#}");
        }
    }

    /// A container that does not drain on SIGTERM would be killed after its grace period, which shows in its exit code.
    fn stop(&self) -> Result<()> {
        let stopped = process::capture(&mut self.compose(&["stop"])).and_then(|_| self.ended_well());
        process::capture(&mut self.compose(&["down", "--volumes"]))?;
        stopped
    }

    fn ended_well(&self) -> Result<()> {
        for service in SERVICES {
            let id = process::capture(&mut self.compose(&["ps", "-a", "-q", service]))?;
            let code = process::capture(&mut self.docker.command(&[
                "inspect",
                "--format",
                "{{.State.ExitCode}}",
                id.trim(),
            ]))?;
            ensure!(code.trim() == "0", "{service} ended with {} after SIGTERM, not 0", code.trim());
        }
        Ok(())
    }

    fn compose(&self, args: &[&str]) -> Command {
        let mut command = self.docker.compose(&["-p", TEST_PROJECT]);
        command.args(args).envs(TEST_SETTINGS);
        command
    }
}
