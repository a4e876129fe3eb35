//! From which batch size on batched requests take no longer than single ones, by latency and by share of a processor.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::Result;
use crate::event::event;
use crate::figures::median;
use crate::function::Function;
use crate::peer::{TOOLKIT_BATCHED, TOOLKIT_SINGLE};
use crate::run::Entrant;
use crate::scenario::{FAST, Kind, Latency, REMOTE, UNEVEN, with_store};
use crate::share::Share;
use crate::store::Store;

const SIZES: [usize; 8] = [1, 2, 3, 5, 10, 25, 50, 100];
const LATENCIES: [Latency; 3] = [FAST, REMOTE, UNEVEN];
/// Of the memory setting, in MB; the last one has a whole processor.
const MEMORIES: [u64; 3] = [128, 512, 1_769];
/// How long a size is measured, and how often at least.
const MEASURED: Duration = Duration::from_millis(120);
const FEWEST: usize = 5;

/// How long an invocation takes, in milliseconds, by batch size.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Crossing {
    pub(crate) memory_mb: u64,
    pub(crate) latency: String,
    pub(crate) sizes: Vec<usize>,
    pub(crate) single_ms: Vec<f64>,
    pub(crate) batched_ms: Vec<f64>,
    /// Whether the share was that of a control group; computed from CPU time and waits otherwise.
    pub(crate) measured: bool,
}

impl Crossing {
    /// Up to which size single requests take less time.
    pub(crate) fn single_up_to(&self) -> usize {
        let walls = self.single_ms.iter().zip(&self.batched_ms);
        let faster = walls.map(|(single, batched)| single < batched);
        let faster = self.sizes.iter().zip(faster);
        let up_to = faster.take_while(|(_, faster)| *faster).last();
        up_to.map_or(0, |(size, _)| *size)
    }
}

/// Wall and CPU time of an invocation, in milliseconds, for each latency and size.
type Walls = Vec<Vec<(f64, f64)>>;

/// # Errors
/// A process failed.
pub(crate) async fn study(entrants: &[Entrant], store: &Store) -> Result<Vec<Crossing>> {
    let entrant = |name| entrants.iter().find(|it| it.peer.name == name);
    let (Some(single), Some(batched)) = (entrant(TOOLKIT_SINGLE), entrant(TOOLKIT_BATCHED)) else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for memory_mb in MEMORIES {
        anstream::eprint!("\r\x1b[Kwhere single and batched cross, with {memory_mb} MB");
        let (single, measured) = walls(single, store, memory_mb).await?;
        let (batched, _) = walls(batched, store, memory_mb).await?;
        for ((latency, single), batched) in LATENCIES.into_iter().zip(single).zip(batched) {
            let wall = |of: Vec<(f64, f64)>| of.into_iter().map(|(wall, _)| wall).collect();
            all.push(Crossing {
                memory_mb,
                latency: latency.to_string(),
                sizes: SIZES.to_vec(),
                single_ms: wall(single),
                batched_ms: wall(batched),
                measured,
            });
        }
    }
    anstream::eprintln!("\r\x1b[K");
    Ok(all)
}

/// What one way takes with this memory, and whether that was measured.
async fn walls(entrant: &Entrant, store: &Store, memory_mb: u64) -> Result<(Walls, bool)> {
    store.reset(FAST);
    let way = entrant.peer.store(&with_store(1, 1_000, Kind::First, FAST));
    let mut function = Function::start(&entrant.program, &store.endpoint(), way).await?;
    let share = Share::of_memory(memory_mb, function.pid());
    let mut serial = 0;
    let mut walls = Vec::new();
    for latency in LATENCIES {
        store.reset(latency);
        let mut of_latency = Vec::new();
        for messages in SIZES {
            of_latency.push(median_walls(&mut function, messages, &mut serial).await?);
        }
        walls.push(of_latency);
    }
    function.stop().await?;
    let measured = share.is_ok();
    if !measured {
        let share = memory_mb as f64 / 1_769.0;
        let slower = |(wall, cpu): &mut (f64, f64)| *wall += *cpu / share - *cpu;
        walls.iter_mut().flatten().for_each(slower);
    }
    Ok((walls, measured))
}

async fn median_walls(
    function: &mut Function,
    messages: usize,
    serial: &mut u64,
) -> Result<(f64, f64)> {
    let scenario = with_store(messages, 1_000, Kind::First, FAST);
    let (mut walls, mut cpus) = (Vec::new(), Vec::new());
    let start = Instant::now();
    while walls.len() < FEWEST || start.elapsed() < MEASURED {
        *serial += 1;
        let event = event(&scenario, *serial);
        let invoked = function.invoke(event.json.clone()).await?;
        if !event.is_answered_by(&invoked.response) {
            return Err("a wrong response".into());
        }
        walls.push(invoked.wall.as_secs_f64() * 1e3);
        cpus.push(invoked.cpu.as_secs_f64() * 1e3);
    }
    Ok((median(walls), median(cpus)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_pays_up_to_the_size_before_batched_is_as_fast() {
        let crossing = Crossing {
            memory_mb: 128,
            latency: "5ms".to_owned(),
            sizes: vec![1, 2, 5],
            single_ms: vec![1.0, 2.0, 5.0],
            batched_ms: vec![2.0, 3.0, 4.0],
            measured: true,
        };
        assert_eq!(crossing.single_up_to(), 2);
        let never = Crossing {
            batched_ms: vec![0.5, 0.5, 0.5],
            ..crossing
        };
        assert_eq!(never.single_up_to(), 0);
    }
}
