//! The messages: what is in them follows from the world's seed and their numbers.

use serde::Deserialize;

use crate::fault::Fault;
use crate::scenario::Scenario;

/// Messages of a FIFO group, about.
const GROUP: u32 = 20;
/// How far back a message repeats the key of another.
const BACK: u64 = 60;

/// What a handler gets.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Order {
    /// The message's number.
    pub(crate) n: u32,
    /// Its idempotency key: the number of the first message that has it.
    pub(crate) key: u32,
    /// What must be equal in messages of one key.
    pub(crate) text: u32,
}

/// A message as it is known before it is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planned {
    pub(crate) order: Order,
    pub(crate) group: u32,
    pub(crate) fault: Option<Fault>,
}

const SENT_AGAIN: u64 = 400;
const OTHER_PAYLOAD: u64 = 150;
const MALFORMED: u64 = 150;
const POISON: u64 = 200;

/// The message of this number.
pub(crate) fn planned(scenario: &Scenario, n: u32) -> Planned {
    let dice = scenario.dice().of(1).of(n.into());
    let throw = dice.below(10_000);
    let edge = [SENT_AGAIN, OTHER_PAYLOAD, MALFORMED, POISON];
    let kinds = [
        Fault::SentAgain,
        Fault::OtherPayload,
        Fault::Malformed,
        Fault::Poison,
    ];
    let mut end = 0;
    let fault = kinds.into_iter().zip(edge).find_map(|(kind, share)| {
        end += share;
        (throw < end).then_some(kind)
    });
    let fault = fault.filter(|it| scenario.may(*it) && n > 0);
    let (key, text) = match fault {
        Some(Fault::SentAgain) => (earlier(scenario, n), 0),
        Some(Fault::OtherPayload) => (earlier(scenario, n), n),
        _ => (n, 0),
    };
    Planned {
        order: Order { n, key, text },
        group: group(scenario, key),
        fault,
    }
}

/// The key of a message shortly before.
fn earlier(scenario: &Scenario, n: u32) -> u32 {
    let back = scenario.dice().of(2).of(n.into()).below(BACK) as u32 + 1;
    planned(scenario, n.saturating_sub(back)).order.key
}

fn group(scenario: &Scenario, key: u32) -> u32 {
    let groups = (scenario.messages / GROUP).max(1);
    scenario.dice().of(3).of(key.into()).below(groups.into()) as u32
}

impl Planned {
    pub(crate) fn body(&self) -> String {
        let Order { n, key, text } = self.order;
        match self.fault {
            Some(Fault::Malformed) => format!(r#"{{"n":{n},"key":"#),
            _ => format!(r#"{{"n":{n},"key":{key},"text":{text}}}"#),
        }
    }
}

/// The number in a body, whole or not.
pub(crate) fn number_in(body: &str) -> Option<u32> {
    let digits = body.strip_prefix(r#"{"n":"#)?;
    digits.split(',').next()?.parse().ok()
}
