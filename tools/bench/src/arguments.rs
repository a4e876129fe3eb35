//! What may be said on the command line.

use std::time::Duration;

use clap::Parser;

use crate::measure::Effort;
use crate::peer::{self, Peer};
use crate::run::Entrant;
use crate::scenario::{self, Scenario};
use crate::setup::{Places, prepare};

/// The same work by lambda-queue, by what one would use instead, and at the least cost we know
#[derive(Debug, Parser)]
#[command(
    name = "cargo bench-peers",
    after_help = "Exit codes: 0 everybody did the work · 1 somebody is missing or did it wrong · 2 it could not be measured"
)]
pub(crate) struct Arguments {
    /// A minute: the peers in Rust, in the scenarios that tell most; nothing is written
    #[arg(long)]
    quick: bool,
    /// Only these peers, by name: `toolkit,limit`
    #[arg(long, value_delimiter = ',')]
    peers: Vec<String>,
    /// Only the scenarios whose names contain one of these: `1000x1KB/first,no-store`
    #[arg(long, value_delimiter = ',')]
    scenario: Vec<String>,
    /// How often everything is measured
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// No round is begun when as many have passed
    #[arg(long, default_value_t = 8)]
    minutes: u64,
    /// Build the functions of this repository, too, for the sizes of their binaries
    #[arg(long)]
    pub(crate) functions: bool,
    /// Also do what else the complete run does: the same on dynoxide, and where single and batched cross
    #[arg(long)]
    studies: bool,
    /// Instead, count instructions by what they are for, with valgrind: `docs/benchmarks/profile.md`
    #[arg(long)]
    pub(crate) profile: bool,
    /// Take the peers as they were built and installed last
    #[arg(long)]
    no_setup: bool,
}

impl Arguments {
    /// Everybody who can take part, and why others cannot.
    pub(crate) fn entrants(&self, places: &Places) -> (Vec<Entrant>, Vec<String>) {
        let (mut entrants, mut missing) = (Vec::new(), Vec::new());
        for peer in peer::ALL.into_iter().filter(|it| self.wants(it)) {
            match prepare(&peer, places, self.sets_up()) {
                Ok(program) => entrants.push(Entrant { peer, program }),
                Err(error) => missing.push(format!("without {}: {error}", peer.name)),
            }
        }
        (entrants, missing)
    }

    pub(crate) fn wants(&self, peer: &Peer) -> bool {
        match self.peers.is_empty() {
            true => peer.is_rust() || !self.quick,
            false => self.peers.iter().any(|name| name == peer.name),
        }
    }

    pub(crate) fn scenarios(&self) -> Vec<Scenario> {
        let mut scenarios = match self.quick {
            true => scenario::quick(),
            false => scenario::all(),
        };
        scenarios.retain(|it| self.names(it));
        scenarios
    }

    pub(crate) fn names(&self, scenario: &Scenario) -> bool {
        let name = scenario.to_string();
        self.scenario.is_empty() || self.scenario.iter().any(|part| name.contains(part))
    }

    /// Whether this is the run that is written down.
    pub(crate) fn is_complete(&self) -> bool {
        !self.quick && self.peers.is_empty() && self.scenario.is_empty()
    }

    pub(crate) fn sets_up(&self) -> bool {
        !self.no_setup
    }

    pub(crate) fn wants_studies(&self) -> bool {
        self.studies || self.is_complete()
    }

    pub(crate) fn rounds(&self) -> usize {
        self.rounds.max(1)
    }

    pub(crate) fn budget(&self) -> Duration {
        Duration::from_secs(self.minutes * 60)
    }

    pub(crate) fn effort(&self) -> Effort {
        Effort {
            measured: Duration::from_millis(200),
        }
    }

    /// How to do the same again.
    pub(crate) fn command(&self) -> String {
        let functions = if self.functions { " --functions" } else { "" };
        format!(
            "cargo bench-peers --rounds {} --minutes {}{functions}",
            self.rounds, self.minutes
        )
    }
}
