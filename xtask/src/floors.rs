//! The floors: which crate may use which. The one table of them; `tidy` enforces it and `gen` draws it.

use crate::workspace::Member;

/// A height in the building; arrows go only down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Floor {
    /// Knows none of our crates.
    Ground,
    /// Stands on the ground, each crate on what it names.
    First,
    /// What both services say, once.
    Shared,
    /// The services: here the engines and the contract meet.
    Second,
    /// Ships the services as one program.
    Third,
    /// Uses everything and ships nothing.
    Roof,
    /// Knows none of our crates and is known by none.
    Outside,
}

impl Floor {
    pub(crate) const ALL: [Self; 7] =
        [Self::Roof, Self::Third, Self::Second, Self::Shared, Self::First, Self::Ground, Self::Outside];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ground => "ground",
            Self::First => "first",
            Self::Shared => "shared",
            Self::Second => "second",
            Self::Third => "third",
            Self::Roof => "roof",
            Self::Outside => "outside",
        }
    }
}

/// What a crate may use.
#[derive(Debug)]
pub(crate) enum Uses {
    /// Any crate on a lower floor.
    Below,
    /// These and no others.
    Only(&'static [&'static str]),
}

/// A crate's place.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) package: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) floor: Floor,
    pub(crate) uses: Uses,
}

const fn room(package: &'static str, folder: &'static str, floor: Floor, uses: Uses) -> Room {
    Room { package, folder, floor, uses }
}

/// What `wording` puts into words, and the words. Not the cache's engine: only one service has that.
const WORDING: [&str; 5] = ["chassis", "client", "context", "fastjson-proto", "json-engine"];

/// Every crate that exists or is planned, from the ground up.
pub(crate) const ROOMS: &[Room] = &[
    room("fastjson-proto", "crates/proto", Floor::Ground, Uses::Only(&[])),
    room("context", "crates/context", Floor::Ground, Uses::Only(&[])),
    room("json-engine", "crates/json-engine", Floor::Ground, Uses::Only(&[])),
    room("cache-engine", "crates/cache-engine", Floor::Ground, Uses::Only(&[])),
    room("console", "crates/console", Floor::Ground, Uses::Only(&[])),
    room("chassis", "crates/chassis", Floor::First, Uses::Only(&["context"])),
    room("cache-cluster", "crates/cache-cluster", Floor::First, Uses::Only(&["cache-engine"])),
    room("client", "crates/client", Floor::First, Uses::Only(&["fastjson-proto", "context"])),
    room("capi", "crates/capi", Floor::First, Uses::Only(&["json-engine"])),
    room("wording", "crates/wording", Floor::Shared, Uses::Only(&WORDING)),
    room("fastjson-api", "services/fastjson-api", Floor::Second, Uses::Below),
    room("rust-cache-server", "services/rust-cache-server", Floor::Second, Uses::Below),
    room("fastjson", "crates/cli", Floor::Third, Uses::Below),
    room("testkit", "crates/testkit", Floor::Roof, Uses::Below),
    room("e2e", "tests/e2e", Floor::Roof, Uses::Below),
    room("bench", "bench", Floor::Roof, Uses::Below),
    room("examples", "examples", Floor::Roof, Uses::Below),
    room("xtask", "xtask", Floor::Outside, Uses::Only(&[])),
];

/// What does I/O, or knows the network.
const NETWORK: &[&str] =
    &["tonic", "prost", "hyper", "hyper-util", "axum", "tower", "tower-http", "redis", "rustls"];

/// Libraries that a crate must not know, in its tests neither: an engine that knew the network would be no engine.
const BARRED: &[(&str, &[&str])] = &[
    ("crates/json-engine", NETWORK),
    ("crates/json-engine", &["tokio", "futures-util", "metrics", "tracing"]),
    ("crates/cache-engine", NETWORK),
    ("crates/cache-engine", &["serde_json", "metrics", "tracing"]),
    ("crates/context", &["tonic", "hyper", "axum", "tokio"]),
    ("crates/client", &["axum", "redis"]),
    ("crates/chassis", &["redis"]),
    ("services/rust-cache-server", &["redis"]),
];

/// The one crate that its own floor may use: it serves the rest of the roof.
const TESTKIT: &str = "testkit";

/// The place of a package, if it has one.
pub(crate) fn room_of(package: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.package == package)
}

/// Whether the crate in `folder` must not use this library.
pub(crate) fn is_barred(folder: &str, library: &str) -> bool {
    BARRED.iter().any(|(barred, libraries)| *barred == folder && libraries.contains(&library))
}

/// What is wrong with where a crate stands and what it leans on; empty when nothing is.
///
/// Tests and build scripts are bound by the same rule as the code: what a crate's tests need from a higher floor is
/// tested on that floor.
pub(crate) fn breaches(member: &Member) -> Vec<String> {
    let Some(room) = room_of(&member.name) else {
        return vec![format!(
            "{}: `{}` has no floor; give it a line in xtask/src/floors.rs",
            member.folder, member.name
        )];
    };
    let mut breaches = Vec::new();
    if room.folder != member.folder {
        breaches.push(format!("{}: `{}` belongs in {}", member.folder, member.name, room.folder));
    }
    for edge in &member.edges {
        if !may_use(room, &edge.to) {
            breaches.push(format!(
                "{}: `{}` must not use `{}` ({} dependency); it may use {}",
                member.folder,
                member.name,
                edge.to,
                edge.kind,
                allowed(room)
            ));
        }
    }
    breaches
}

fn may_use(room: &Room, to: &str) -> bool {
    if to == room.package {
        // Its own tests, with one of its features on.
        return true;
    }
    let Some(used) = room_of(to) else { return false };
    match room.uses {
        Uses::Only(names) => names.contains(&to),
        Uses::Below => {
            used.floor < room.floor
                || (used.package == TESTKIT && room.floor == Floor::Roof && room.package != TESTKIT)
        }
    }
}

fn allowed(room: &Room) -> String {
    match room.uses {
        Uses::Only([]) => "none of our crates".to_owned(),
        Uses::Only(names) => format!("only {}", names.join(", ")),
        Uses::Below => format!("only floors below the {} floor", room.floor.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ROOMS, breaches};
    use crate::workspace::{Edge, Member};

    fn check(package: &str, to: &str, kind: &str, allowed: bool) {
        let folder = super::room_of(package).map_or("crates/new", |room| room.folder);
        let edge = Edge { to: to.to_owned(), kind: kind.to_owned() };
        let member = Member {
            name: package.to_owned(),
            folder: folder.to_owned(),
            description: String::new(),
            edges: vec![edge],
        };
        let found = breaches(&member);
        assert_eq!(found.is_empty(), allowed, "{package} -> {to}: {found:?}");
    }

    #[test]
    fn arrows_go_down() {
        check("chassis", "context", "normal", true);
        check("client", "fastjson-proto", "normal", true);
        check("fastjson-api", "json-engine", "normal", true);
        check("wording", "chassis", "normal", true);
        check("wording", "json-engine", "normal", true);
        check("rust-cache-server", "wording", "normal", true);
        check("fastjson", "rust-cache-server", "normal", true);
        check("testkit", "fastjson", "normal", true);
        check("e2e", "testkit", "dev", true);
        check("cache-engine", "cache-engine", "dev", true);
    }

    #[test]
    fn a_bad_edge_is_found() {
        check("json-engine", "context", "normal", false);
        check("chassis", "fastjson-proto", "normal", false);
        check("client", "json-engine", "normal", false);
        check("cache-engine", "json-engine", "build", false);
        check("wording", "cache-engine", "normal", false);
        check("wording", "rust-cache-server", "normal", false);
        check("chassis", "wording", "normal", false);
        check("client", "wording", "dev", false);
        check("xtask", "context", "normal", false);
    }

    #[test]
    fn neighbours_do_not_lean_on_each_other() {
        check("fastjson-api", "rust-cache-server", "normal", false);
        check("client", "chassis", "dev", false);
        check("bench", "e2e", "normal", false);
    }

    #[test]
    fn nobody_below_the_roof_tests_with_testkit() {
        for room in ROOMS.iter().filter(|room| room.floor != super::Floor::Roof) {
            check(room.package, "testkit", "dev", false);
        }
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        check("newcomer", "context", "normal", false);
        check("fastjson-api", "newcomer", "normal", false);
    }

    #[test]
    fn a_crate_in_the_wrong_folder_is_found() {
        let member = Member {
            name: "context".to_owned(),
            folder: "services/context".to_owned(),
            description: String::new(),
            edges: Vec::new(),
        };
        assert_eq!(breaches(&member), ["services/context: `context` belongs in crates/context"]);
    }
}
