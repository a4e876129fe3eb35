//! SQS: queues, messages, redrive.
//!
//! [`Sqs`] holds all queues of one account in one region. Every operation is a method on typed
//! requests of [`api`], or goes by name and JSON through [`Sqs::handle`]:
//!
//! ```
//! use lambda_queue_simulator::sqs::{Sqs, api};
//!
//! let mut sqs = Sqs::new("us-east-1", "123456789012", "http://127.0.0.1:4566", 1);
//! let create = api::CreateQueueRequest { queue_name: "orders".into(), ..Default::default() };
//! let queue_url = sqs.create_queue(&create, 0)?.queue_url;
//! let send = api::SendMessageRequest {
//!     queue_url: queue_url.clone(),
//!     message_body: "hello".into(),
//!     ..Default::default()
//! };
//! sqs.send_message(&send, 1_000)?;
//! let receive = api::ReceiveMessageRequest { queue_url, ..Default::default() };
//! assert_eq!(&*sqs.receive_message(&receive, 2_000)?.messages[0].body, "hello");
//! // In flight for the queue's visibility timeout, 30 seconds.
//! assert!(sqs.receive_message(&receive, 31_999)?.messages.is_empty());
//! assert_eq!(sqs.receive_message(&receive, 32_000)?.messages.len(), 1);
//! # Ok::<(), lambda_queue_simulator::sqs::SqsError>(())
//! ```

mod account;
pub mod api;
mod attributes;
mod backlog;
mod batch;
mod chaos;
mod content;
mod dedup;
mod delete;
mod dispatch;
mod errors;
mod fifo;
mod handle;
mod lifecycle;
mod md5;
mod message;
mod move_task;
mod moving;
mod paging;
mod permission;
mod policies;
mod queue;
mod receive;
mod redrive;
mod saving;
mod selection;
mod send;
mod settings;
mod single;
mod snapshot;
mod standard;
mod tags;
mod trace;
mod visibility;

pub use account::{Activity, Sqs};
pub use chaos::Delivery;
pub use errors::{ErrorKind, SqsError};
pub use snapshot::{Counters, MessageSnapshot, MessageState, QueueSnapshot};
pub use trace::{TraceEvent, TraceKind};
