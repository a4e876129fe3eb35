use crate::state::{Message, State, Token};
use crate::world::{MESSAGES, World};

/// What an observer noted. The workers never look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    /// By key: the claim whose result was recorded first.
    pub(crate) result: [Token; MESSAGES],
    /// By key: how often the effect happened, up to twice.
    pub(crate) effects: [u8; MESSAGES],
    /// By key: effects less those of executions that were cut off afterwards.
    unexcused: [u8; MESSAGES],
    /// By key: whether a handler was ever started.
    pub(crate) attempted: [bool; MESSAGES],
    /// A process ended, or a handler failed: what may cost a message its receives.
    pub(crate) disturbed: bool,
    pub(crate) second_result: bool,
    pub(crate) overwritten: bool,
    pub(crate) lost: bool,
    pub(crate) burnt: bool,
    pub(crate) disordered: bool,
    pub(crate) unexplained: bool,
}

impl Seen {
    /// A result was recorded.
    pub(crate) fn recorded(&mut self, key: usize, token: Token) {
        let first = &mut self.result[key];
        if *first == 0 {
            *first = token;
        }
        self.second_result |= *first != token;
    }

    /// Where receives are not counted, nobody asks what they were spent on.
    pub(crate) fn forget_receives(&mut self) {
        self.attempted = [false; MESSAGES];
        self.disturbed = false;
    }

    /// An execution that had its effect was cut off before its completion was acknowledged.
    pub(crate) fn cut_off(&mut self, key: usize) {
        self.unexcused[key] = self.unexcused[key].saturating_sub(1);
    }
}

impl State {
    /// The effect of a key's handler happens.
    pub(crate) fn effect(&mut self, world: &World, key: usize) {
        if world.fifo {
            self.seen.disordered |= self.is_out_of_order(key);
        }
        let seen = &mut self.seen;
        seen.unexplained |= seen.unexcused[key] > 0;
        seen.unexcused[key] += 1;
        seen.effects[key] = (seen.effects[key] + 1).min(2);
    }

    /// In a group, messages and keys have the same numbers. A message that was dead-lettered has
    /// left the group.
    fn is_out_of_order(&self, key: usize) -> bool {
        let gone = |key: usize| self.messages[key] == Message::DeadLettered;
        let early = (0..key).any(|before| self.seen.result[before] == 0 && !gone(before));
        let late = (key + 1..MESSAGES).any(|after| self.seen.effects[after] > 0);
        !gone(key) && (early || late)
    }
}
