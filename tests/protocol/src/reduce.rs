//! Makes states that can only go on alike the same state.

use lambda_queue::idempotency::record::Status;

use crate::model::Model;
use crate::protocol::Safeguard;
use crate::state::{Message, Request, State, Token, What};

impl Model {
    pub(crate) fn reduce(&self, state: &mut State) {
        for message in &mut state.messages {
            if let Message::InQueue { visible_at, .. } = message
                && *visible_at <= state.now
            {
                *visible_at = 0;
            }
        }
        self.forget_leases(state);
        let workers = state.workers.iter_mut();
        for job in workers.flat_map(|worker| &mut worker.jobs) {
            if job.stage.is_settled() {
                job.token = 0;
            }
        }
        self.drop_vain_requests(state);
        if self.world.max_receives == 0 {
            state.seen.forget_receives();
        }
        if self.world.keys[0] == self.world.keys[1] {
            order_duplicates(state);
        }
        state.network.sort_unstable();
        rename(state);
        state.network.sort_unstable();
    }

    /// A lease that is over for every claim, sent or not, is as good as any other such.
    fn forget_leases(&self, state: &mut State) {
        let slowest = state.now + self.world.ahead.iter().min().copied().unwrap_or(0);
        let sent = state
            .network
            .iter()
            .filter_map(|request| match request.what {
                What::Claim { now, .. } => Some(now),
                _ => None,
            });
        let oldest = sent.fold(slowest, u8::min);
        for record in state.records.iter_mut().flatten() {
            let over = record.lease_until + self.margin() < oldest;
            if record.lease_until > 0 && over {
                record.lease_until = 1;
            }
        }
    }

    /// What nobody awaits and cannot change anything any more, as long as all is fenced: a request
    /// about a key that has come to its end, and a write of a claim that neither stands nor can come
    /// to stand.
    fn drop_vain_requests(&self, state: &mut State) {
        let fenced = [Safeguard::FencedCompletion, Safeguard::FencedRelease];
        if !fenced.into_iter().all(|fence| self.protocol.has(fence)) {
            return;
        }
        let records = state.records;
        let stored = records.iter().flatten().map(|record| record.owner);
        let is_claim = |request: &Request| matches!(request.what, What::Claim { .. });
        let claims = state.network.iter().filter(|request| is_claim(request));
        let alive: Vec<Token> = stored.chain(claims.map(|claim| claim.token)).collect();
        let reconciles = self.protocol.reconciles;
        state.network.retain(|request| {
            let open = records[request.key].is_none_or(|it| match it.status {
                Status::InProgress => true,
                Status::Quarantined => reconciles,
                Status::Completed => false,
            });
            let may_stand = is_claim(request) || alive.contains(&request.token);
            request.awaited || (open && may_stand)
        });
    }
}

/// A message and its duplicate differ in nothing but their places.
fn order_duplicates(state: &mut State) {
    if state.messages[0] <= state.messages[1] {
        return;
    }
    state.messages.swap(0, 1);
    let workers = state.workers.iter_mut();
    for job in workers.flat_map(|worker| &mut worker.jobs) {
        job.message = 1 - job.message;
    }
}

/// Tokens are only ever compared: they are numbered as they are met.
fn rename(state: &mut State) {
    let mut names: Vec<Token> = vec![0];
    let mut rename = |token: &mut Token| {
        let name = names.iter().position(|known| known == token);
        *token = name.unwrap_or_else(|| {
            names.push(*token);
            names.len() - 1
        }) as Token;
    };
    for record in state.records.iter_mut().flatten() {
        rename(&mut record.owner);
    }
    state.seen.result.iter_mut().for_each(&mut rename);
    let workers = state.workers.iter_mut();
    for job in workers.flat_map(|worker| &mut worker.jobs) {
        rename(&mut job.token);
    }
    for request in &mut state.network {
        rename(&mut request.token);
    }
    state.next_token = names.len() as Token;
}
