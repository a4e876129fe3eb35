//! Where instructions go: peers in Rust under valgrind's callgrind, which counts all that a process executes outside of
//! the kernel. The same on a busy machine, and slow: for a look, beside the figures of time.

mod callgrind;
mod owner;
mod page;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::arguments::Arguments;
use crate::event::event;
use crate::function::{Function, Program};
use crate::peer::{self, Language, Peer};
use crate::scenario::{FAST, Kind, Scenario, with_store, without_store};
use crate::setup::{Places, version};
use crate::store::Store;

/// Instructions by who they belong to.
type Counts = BTreeMap<&'static str, u64>;

/// One peer in one scenario: the instructions of a message, init and first invocations left out.
struct Profile {
    scenario: String,
    peer: &'static str,
    /// Of the whole process until its first poll.
    init: Counts,
    /// Of a message.
    message: BTreeMap<&'static str, f64>,
}

/// Invocations before anything counts: connections and caches are there after them.
const WARM_UP: u64 = 3;

fn scenarios() -> [(Scenario, u64); 3] {
    [
        (with_store(10, 1_000, Kind::First, FAST), 40),
        (with_store(1_000, 1_000, Kind::First, FAST), 3),
        (without_store(10_000, 100, Kind::First), 2),
    ]
}

/// Runs the peers in Rust, and tells what they spend instructions on. What callgrind wrote stays beside their logs, for
/// `callgrind_annotate`.
///
/// # Errors
/// There is no valgrind, a peer fails, or none of those that are named is in Rust.
pub(crate) async fn page(places: &Places, arguments: &Arguments) -> Result<String> {
    version("valgrind").ok_or("it takes valgrind to count instructions: install it")?;
    let store = &Store::serve().await?;
    let mut profiles = Vec::new();
    for peer in peer::ALL.iter().filter(|it| arguments.wants(it)) {
        let Language::Rust(package) = peer.language else {
            continue;
        };
        let binary = &places.with_symbols(package, arguments.sets_up())?;
        for (scenario, invocations) in scenarios() {
            let without = peer.name == peer::EMPTY && scenario.store.is_none();
            if arguments.names(&scenario) && (without || peer.takes_part(&scenario)) {
                anstream::eprint!("\r\x1b[K{} in {scenario}", peer.name);
                let run = Run {
                    peer,
                    scenario,
                    binary,
                    places,
                    store,
                };
                profiles.push(run.profile(invocations).await?);
            }
        }
    }
    anstream::eprint!("\r\x1b[K");
    match profiles.is_empty() {
        true => Err("nothing to count: name peers in Rust, and scenarios of the profile".into()),
        false => Ok(page::page(&profiles)),
    }
}

struct Run<'a> {
    peer: &'a Peer,
    scenario: Scenario,
    binary: &'a Path,
    places: &'a Places,
    store: &'a Store,
}

impl Run<'_> {
    async fn profile(&self, invocations: u64) -> Result<Profile> {
        let init = self.counts(0).await?;
        let before = self.counts(WARM_UP).await?;
        let after = self.counts(WARM_UP + invocations).await?;
        let messages = (invocations * self.scenario.messages as u64) as f64;
        let of_a_message = |(owner, count): (&&'static str, &u64)| {
            let before = before.get(owner).copied().unwrap_or_default();
            (*owner, count.saturating_sub(before) as f64 / messages)
        };
        Ok(Profile {
            scenario: self.scenario.to_string(),
            peer: self.peer.name,
            init,
            message: after.iter().map(of_a_message).collect(),
        })
    }

    /// Of a process that answers as many events and then ends.
    async fn counts(&self, invocations: u64) -> Result<Counts> {
        let messages = self.scenario.messages;
        let name = format!("callgrind.{}.{messages}.out", self.peer.name);
        let out = self.places.log(&name);
        self.store.reset(self.scenario.store.unwrap_or_default());
        let program = self.program(&out);
        let store = self.peer.store(&self.scenario);
        let mut function = Function::start(&program, &self.store.endpoint(), store).await?;
        for serial in 0..invocations {
            function.invoke(event(&self.scenario, serial).json).await?;
        }
        function.end().await?;
        Ok(callgrind::counts(
            &fs::read_to_string(out)?,
            &self.places.root,
        ))
    }

    fn program(&self, out: &Path) -> Program {
        let out = out.display();
        let arguments = vec![
            "--tool=callgrind".to_owned(),
            format!("--callgrind-out-file={out}"),
            self.binary.display().to_string(),
        ];
        Program {
            program: PathBuf::from("valgrind"),
            arguments,
            folder: self.places.root.clone(),
            log: self.places.log("valgrind.log"),
        }
    }
}
