//! SQS in a list. Every question is answered by looking at all messages.

const DEDUP_MS: u64 = 300_000;
const CAP_MS: u64 = 43_200_000;

pub(super) struct Reference {
    fifo: bool,
    retention_ms: u64,
    max_receives: u32,
    messages: Vec<Message>,
    pub(super) dead: Vec<usize>,
}

struct Message {
    group: u8,
    dedup: u8,
    sent: u64,
    delayed_until: u64,
    hidden_until: u64,
    received: u64,
    receives: u32,
    gone: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Receipt {
    pub(super) number: usize,
    pub(super) receive: u32,
}

impl Reference {
    pub(super) fn new(fifo: bool, retention_ms: u64, max_receives: u32) -> Self {
        Self {
            fifo,
            retention_ms,
            max_receives,
            messages: Vec::new(),
            dead: Vec::new(),
        }
    }

    pub(super) fn next_number(&self) -> usize {
        self.messages.len()
    }

    /// The number of the message, or of the one it duplicates.
    pub(super) fn send(&mut self, now: u64, group: u8, dedup: u8, delay_ms: u64) -> usize {
        let duplicate = self
            .messages
            .iter()
            .position(|it| self.fifo && it.dedup == dedup && now < it.sent + DEDUP_MS);
        if let Some(number) = duplicate {
            return number;
        }
        self.messages.push(Message {
            group,
            dedup,
            sent: now,
            delayed_until: now + delay_ms,
            hidden_until: 0,
            received: 0,
            receives: 0,
            gone: false,
        });
        self.messages.len() - 1
    }

    fn there(&self, now: u64, number: usize) -> bool {
        let it = &self.messages[number];
        !it.gone && now < it.sent + self.retention_ms
    }

    fn in_flight(&self, now: u64, number: usize) -> bool {
        self.messages[number].hidden_until > now
    }

    fn visible(&self, now: u64, number: usize) -> bool {
        self.messages[number].delayed_until <= now && !self.in_flight(now, number)
    }

    pub(super) fn receive(&mut self, now: u64, max: usize, visibility_ms: u64) -> Vec<Receipt> {
        let mut taken: Vec<Receipt> = Vec::new();
        let mut last = None;
        while taken.len() < max {
            let held: Vec<_> = taken.iter().map(|it| it.number).collect();
            let Some(number) = self.next(now, last, &held) else {
                break;
            };
            last = Some(number);
            let it = &mut self.messages[number];
            if it.receives == self.max_receives {
                it.gone = true;
                self.dead.push(number);
            } else {
                it.receives += 1;
                it.received = now;
                taken.push(Receipt {
                    number,
                    receive: it.receives,
                });
            }
        }
        for receipt in &taken {
            self.messages[receipt.number].hidden_until = now + visibility_ms;
        }
        taken
    }

    fn next(&self, now: u64, last: Option<usize>, held: &[usize]) -> Option<usize> {
        let all = 0..self.messages.len();
        let there: Vec<_> = all.filter(|&n| self.there(now, n)).collect();
        let free = |n: usize| self.visible(now, n) && !held.contains(&n);
        if !self.fifo {
            return there.into_iter().find(|&n| free(n));
        }
        let group = |n: usize| self.messages[n].group;
        let follows = |last: usize| {
            there
                .iter()
                .copied()
                .find(|&n| n > last && group(n) == group(last))
                .filter(|&n| free(n))
        };
        let first_of_free_group = || {
            there.iter().copied().find(|&n| {
                let members: Vec<_> = there
                    .iter()
                    .copied()
                    .filter(|&m| group(m) == group(n))
                    .collect();
                members[0] == n
                    && free(n)
                    && members
                        .iter()
                        .all(|m| !held.contains(m) && !self.in_flight(now, *m))
            })
        };
        last.and_then(follows).or_else(first_of_free_group)
    }

    pub(super) fn delete(&mut self, now: u64, receipt: Receipt) -> bool {
        if !self.there(now, receipt.number) {
            return true;
        }
        let latest = self.messages[receipt.number].receives == receipt.receive;
        if self.fifo && !(latest && self.in_flight(now, receipt.number)) {
            return false;
        }
        self.messages[receipt.number].gone |= latest;
        true
    }

    pub(super) fn change(&mut self, now: u64, receipt: Receipt, ms: u64) -> bool {
        let it = &self.messages[receipt.number];
        let holds = self.there(now, receipt.number)
            && it.receives == receipt.receive
            && (self.in_flight(now, receipt.number) || !self.fifo)
            && now + ms <= it.received + CAP_MS;
        if holds {
            self.messages[receipt.number].hidden_until = now + ms;
        }
        holds
    }

    /// Visible, in flight, delayed.
    pub(super) fn counts(&self, now: u64) -> (usize, usize, usize) {
        let all = 0..self.messages.len();
        let there: Vec<_> = all.filter(|&n| self.there(now, n)).collect();
        let count = |what: &dyn Fn(usize) -> bool| there.iter().filter(|&&n| what(n)).count();
        (
            count(&|n| self.visible(now, n)),
            count(&|n| self.in_flight(now, n)),
            count(&|n| self.messages[n].delayed_until > now),
        )
    }
}
