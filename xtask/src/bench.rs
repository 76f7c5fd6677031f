//! `cargo x bench`: the benchmarks, in a release build, with the programs that they are measured against.

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// `cargo x soak`: long runs, in a release build.
pub(crate) fn soak(workspace: &Workspace, args: &[String]) -> Result<()> {
    let soak = ["run", "--release", "--package", "bench", "--", "soak"];
    process::run(workspace.cargo(&soak).args(args))
}

/// Hands its arguments to the `bench` package. `--cpu x` builds for that processor (`x86-64-v3`), beside the usual build and not
/// in its place.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    if workspace.member("bench").is_none() {
        bail!("there is no `bench` package in the workspace yet");
    }
    let mut toolbox = Toolbox::open(workspace);
    if !toolbox.require(&["redis-server", "redis-benchmark", "h2load", "memcached"])? {
        println!("what they would measure is left out");
    }
    let (cpu, args) = split(args)?;
    let mut command = workspace.cargo(&["run", "--release", "--package", "bench", "--"]);
    if let Some(cpu) = cpu {
        command
            .env("RUSTFLAGS", format!("-C target-cpu={cpu}"))
            .env("CARGO_TARGET_DIR", workspace.target.join("bench").join(cpu));
        println!("built for {cpu}");
    }
    process::run(command.args(args).env("PATH", toolbox.path()))
}

/// The processor that is asked for, and the other arguments.
fn split(args: &[String]) -> Result<(Option<&str>, Vec<&str>)> {
    let (mut cpu, mut others) = (None, Vec::new());
    let mut words = args.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--cpu" => cpu = Some(words.next().context("`--cpu` needs a processor, such as x86-64-v3")?),
            other => others.push(other),
        }
    }
    Ok((cpu, others))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(args: &str, expected: Option<(Option<&str>, &[&str])>) {
        let args: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
        let split = split(&args).ok();
        let split = split.as_ref().map(|(cpu, others)| (*cpu, others.as_slice()));
        assert_eq!(split, expected, "{args:?}");
    }

    #[test]
    fn the_processor_is_ours_and_the_rest_is_of_the_package() {
        check("json twitter", Some((None, &["json", "twitter"])));
        check("json --cpu x86-64-v3 --topic text", Some((Some("x86-64-v3"), &["json", "--topic", "text"])));
        check("json --cpu", None);
    }
}
