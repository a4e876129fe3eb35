//! What a delivery costs: a message sent, received with nine others and deleted.
//!
//! `cargo bench --profile release --package lambda-queue-simulator --bench sqs`; the items per
//! second are messages, each of which takes three steps.

#![allow(clippy::unwrap_used, reason = "a benchmark")]

use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use lambda_queue_simulator::sqs::{Sqs, SqsError, api};

const MESSAGES: u64 = 10_000;

fn main() {
    divan::main();
}

/// All messages are sent, then received and deleted: three steps for each.
#[divan::bench(args = ["standard", "fifo"])]
fn send_receive_delete(bencher: Bencher<'_, '_>, kind: &str) {
    let is_fifo = kind == "fifo";
    bencher
        .counter(ItemsCount::new(MESSAGES))
        // What producers make of their messages is not the queue's.
        .with_inputs(|| account(is_fifo))
        .bench_local_values(|(mut sqs, sends, receive)| {
            let delivered = run(&mut sqs, &sends, &receive);
            assert_eq!(delivered.ok(), Some(MESSAGES));
            sqs
        });
}

type Account = (
    Sqs,
    Vec<api::SendMessageRequest>,
    api::ReceiveMessageRequest,
);

fn account(is_fifo: bool) -> Account {
    let mut sqs = Sqs::new("us-east-1", "123456789012", "http://127.0.0.1:4566", 1);
    let mut create = api::CreateQueueRequest {
        queue_name: "orders".into(),
        ..Default::default()
    };
    if is_fifo {
        create.queue_name = "orders.fifo".into();
        create.attributes.insert("FifoQueue".into(), "true".into());
    }
    let queue_url = sqs.create_queue(&create, 0).unwrap().queue_url;
    let body: Arc<str> = "{\"order\": 42, \"total\": 1299}".into();
    let groups: Vec<Arc<str>> = (0..100).map(|n| n.to_string().into()).collect();
    let send = |n: u64| api::SendMessageRequest {
        queue_url: Arc::clone(&queue_url),
        message_body: Arc::clone(&body),
        message_group_id: is_fifo.then(|| Arc::clone(&groups[n as usize % groups.len()])),
        message_deduplication_id: is_fifo.then(|| n.to_string().into()),
        ..Default::default()
    };
    let sends = (0..MESSAGES).map(send).collect();
    let receive = api::ReceiveMessageRequest {
        queue_url: Arc::clone(&queue_url),
        max_number_of_messages: Some(10),
        ..Default::default()
    };
    (sqs, sends, receive)
}

fn run(
    sqs: &mut Sqs,
    sends: &[api::SendMessageRequest],
    receive: &api::ReceiveMessageRequest,
) -> Result<u64, SqsError> {
    for (n, send) in sends.iter().enumerate() {
        sqs.send_message(send, n as u64)?;
    }
    let mut delivered = 0;
    loop {
        let messages = sqs.receive_message(receive, MESSAGES)?.messages;
        if messages.is_empty() {
            return Ok(delivered);
        }
        for message in messages {
            let delete = api::DeleteMessageRequest {
                queue_url: Arc::clone(&receive.queue_url),
                receipt_handle: message.receipt_handle,
            };
            sqs.delete_message(&delete, MESSAGES)?;
            delivered += 1;
        }
    }
}
