//! What a delivery costs: a message sent, received and deleted, in batches of ten.
//!
//! `cargo bench --profile release --package lambda-queue-simulator --bench sqs`; the items per
//! second are messages.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use lambda_queue_simulator::sqs::{Sqs, SqsError, api};

const MESSAGES: u64 = 10_000;

fn main() {
    divan::main();
}

/// All messages are sent, then received and deleted.
#[divan::bench(args = ["standard", "fifo"])]
fn send_receive_delete(bencher: Bencher<'_, '_>, kind: &str) {
    bencher
        .counter(ItemsCount::new(MESSAGES))
        .bench(|| run(kind == "fifo"));
}

fn run(fifo: bool) -> Result<u64, SqsError> {
    let mut sqs = Sqs::new("us-east-1", "123456789012", "http://127.0.0.1:4566", 1);
    let mut create = api::CreateQueueRequest {
        queue_name: "orders".into(),
        ..Default::default()
    };
    if fifo {
        create.queue_name = "orders.fifo".into();
        create.attributes.insert("FifoQueue".into(), "true".into());
    }
    let queue_url = sqs.create_queue(&create, 0)?.queue_url;
    let body: Arc<str> = "{\"order\": 42, \"total\": 1299}".into();
    let groups: Vec<Arc<str>> = (0..100).map(|n| n.to_string().into()).collect();
    for n in 0..MESSAGES {
        let send = api::SendMessageRequest {
            queue_url: Arc::clone(&queue_url),
            message_body: Arc::clone(&body),
            message_group_id: fifo.then(|| Arc::clone(&groups[n as usize % groups.len()])),
            message_deduplication_id: fifo.then(|| n.to_string().into()),
            ..Default::default()
        };
        sqs.send_message(&send, n)?;
    }
    let receive = api::ReceiveMessageRequest {
        queue_url: Arc::clone(&queue_url),
        max_number_of_messages: Some(10),
        ..Default::default()
    };
    let mut delivered = 0;
    loop {
        let messages = sqs.receive_message(&receive, MESSAGES)?.messages;
        if messages.is_empty() {
            return Ok(delivered);
        }
        for message in messages {
            let delete = api::DeleteMessageRequest {
                queue_url: Arc::clone(&queue_url),
                receipt_handle: message.receipt_handle,
            };
            sqs.delete_message(&delete, MESSAGES)?;
            delivered += 1;
        }
    }
}
