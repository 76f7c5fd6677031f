//! `cargo x gen`: writes the picture of the floors into ARCHITECTURE.md, from what cargo knows, and the header of the C library,
//! from its source.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::capi::Header;
use crate::expect_only;
use crate::floors::{self, Floor};
use crate::workspace::{Member, Workspace};

const FILE: &str = "ARCHITECTURE.md";
const BEGIN: &str = "<!-- floors:begin -->";
const END: &str = "<!-- floors:end -->";

/// Writes the generated parts anew, or with `--check` says whether they are up to date.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    expect_only(args, &["--check"])?;
    if !args.is_empty() {
        return check(workspace);
    }
    let (file, present) = read(workspace)?;
    let wanted = replace(&present, &picture(&workspace.members))?;
    if present != wanted {
        fs::write(&file, wanted)?;
        println!("wrote {FILE}");
    }
    if let Some(header) = Header::read(workspace)?
        && header.present != header.wanted
    {
        fs::write(&header.file, header.wanted)?;
        println!("wrote {}", header.file.display());
    }
    Ok(())
}

/// Fails if a generated part is not what would be written now.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let (_, present) = read(workspace)?;
    if present != replace(&present, &picture(&workspace.members))? {
        bail!("the floors in {FILE} are out of date");
    }
    println!("{FILE} is up to date");
    let Some(header) = Header::read(workspace)? else { return Ok(()) };
    if header.present != header.wanted {
        bail!("{} is not what its source says", header.file.display());
    }
    println!("the header of the C library is up to date");
    Ok(())
}

fn read(workspace: &Workspace) -> Result<(PathBuf, String)> {
    let file = workspace.root.join(FILE);
    let text = fs::read_to_string(&file).with_context(|| format!("reading {FILE}"))?;
    Ok((file, text))
}

/// Puts `generated` between the markers.
fn replace(text: &str, generated: &str) -> Result<String> {
    let (before, rest) = text.split_once(BEGIN).with_context(|| format!("{FILE} has no `{BEGIN}`"))?;
    let (_, after) =
        rest.split_once(END).with_context(|| format!("{FILE} has no `{END}` after `{BEGIN}`"))?;
    Ok(format!("{before}{BEGIN}\n{generated}{END}{after}"))
}

/// A table, the roof at the top. Below the roof, edges of tests and build scripts are left out: they ship nothing.
fn picture(members: &[Member]) -> String {
    let mut table = String::from("| floor | crate | what it is | uses |\n| --- | --- | --- | --- |\n");
    for floor in Floor::ALL {
        for room in floors::ROOMS.iter().filter(|room| room.floor == floor) {
            if let Some(member) = members.iter().find(|member| member.name == room.package) {
                let _ = writeln!(table, "{}", row(floor, member));
            }
        }
    }
    table
}

fn row(floor: Floor, member: &Member) -> String {
    let shown = member.edges.iter().filter(|edge| edge.kind == "normal" || floor == Floor::Roof);
    let mut uses: Vec<String> = shown.map(|edge| format!("`{}`", edge.to)).collect();
    uses.sort();
    uses.dedup();
    let Member { name, folder, description, .. } = member;
    format!("| {} | [`{name}`]({folder}) | {description} | {} |", floor.name(), uses.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{picture, replace};
    use crate::workspace::{Edge, Member};

    fn member(name: &str, folder: &str, edges: &[(&str, &str)]) -> Member {
        let edges = edges.iter().map(|(to, kind)| Edge { to: (*to).to_owned(), kind: (*kind).to_owned() });
        Member {
            name: name.to_owned(),
            folder: folder.to_owned(),
            description: format!("About {name}."),
            edges: edges.collect(),
        }
    }

    #[test]
    fn the_roof_stands_at_the_top_and_only_shipped_edges_are_drawn() {
        let members = [
            member("context", "crates/context", &[]),
            member("chassis", "crates/chassis", &[("context", "normal"), ("console", "dev")]),
            member("e2e", "tests/e2e", &[("testkit", "dev")]),
        ];
        assert_eq!(
            picture(&members),
            "| floor | crate | what it is | uses |\n| --- | --- | --- | --- |\n\
             | roof | [`e2e`](tests/e2e) | About e2e. | `testkit` |\n\
             | first | [`chassis`](crates/chassis) | About chassis. | `context` |\n\
             | ground | [`context`](crates/context) | About context. |  |\n"
        );
    }

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let text = "a\n<!-- floors:begin -->\nold\n<!-- floors:end -->\nb\n";
        let replaced = replace(text, "new\n").unwrap();
        assert_eq!(replaced, "a\n<!-- floors:begin -->\nnew\n<!-- floors:end -->\nb\n");
        assert_eq!(replace(&replaced, "new\n").unwrap(), replaced);
    }

    #[test]
    fn a_missing_marker_is_named() {
        let error = replace("<!-- floors:begin -->", "").unwrap_err().to_string();
        assert!(error.contains("floors:end"), "{error}");
    }
}
