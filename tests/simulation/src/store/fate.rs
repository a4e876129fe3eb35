//! How a request fares.

use std::time::Duration;

use super::PATIENCE;
use crate::dice::Dice;
use crate::fault::Fault;

/// How often each kind of fault strikes a request, of ten thousand.
const EACH: u64 = 90;
/// How often a transaction is cancelled, of ten thousand.
const CANCELLED: u64 = 500;

/// When a request is carried out, and when the sender hears of it.
#[derive(Debug)]
pub(super) struct Fate {
    pub(super) fault: Option<Fault>,
    /// After what time each copy is carried out; none if it is lost or refused.
    pub(super) carried_out: Vec<Duration>,
    /// Which copy's answer arrives, if any does.
    pub(super) heard: Option<usize>,
    /// After what time the sender goes on.
    pub(super) answered: Duration,
    pub(super) cancelled: bool,
}

impl Fate {
    pub(super) fn of(dice: Dice, is_commit: bool, may: impl Fn(Fault) -> bool) -> Self {
        let mut rng = dice.rng();
        let mut ms = |from: u64, to: u64| Duration::from_millis(rng.u64(from..to));
        let there = ms(1, 8);
        let back = ms(1, 8);
        let long = ms(4_000, 90_000);
        let late = ms(1_500, 8_000);
        let throw = rng.u64(..10_000);
        let well = Self {
            fault: None,
            carried_out: vec![there],
            heard: Some(0),
            answered: there + back,
            cancelled: false,
        };
        let kinds = [
            Fault::Throttled,
            Fault::RequestLost,
            Fault::AnswerLost,
            Fault::AnswerLate,
            Fault::WriteLate,
            Fault::SentTwice,
        ];
        let struck = kinds.get((throw / EACH) as usize).copied();
        let struck = match struck {
            None if is_commit && throw >= 10_000 - CANCELLED => Some(Fault::Cancelled),
            other => other,
        };
        let Some(fault) = struck.filter(|it| may(*it)) else {
            return well;
        };
        let unheard = Self {
            fault: Some(fault),
            heard: None,
            answered: PATIENCE,
            ..well
        };
        match fault {
            Fault::Throttled => Self {
                carried_out: Vec::new(),
                answered: there + back,
                ..unheard
            },
            Fault::RequestLost => Self {
                carried_out: Vec::new(),
                ..unheard
            },
            Fault::AnswerLate => Self {
                heard: Some(0),
                answered: late,
                ..unheard
            },
            Fault::WriteLate => Self {
                carried_out: vec![long],
                ..unheard
            },
            // The answer to the first is lost, so that it is sent again; or the first itself is slow.
            Fault::SentTwice => Self {
                carried_out: vec![
                    if throw.is_multiple_of(2) { there } else { long },
                    PATIENCE + there,
                ],
                heard: Some(1),
                answered: PATIENCE + there + back,
                ..unheard
            },
            Fault::Cancelled => Self {
                carried_out: Vec::new(),
                answered: there + back,
                cancelled: true,
                ..unheard
            },
            _ => unheard,
        }
    }
}
