//! Whatever happens to the process, what was answered is there.

use std::fs;
use std::path::Path;

use lambda_queue_simulator::sqs::Delivery;
use lambda_queue_simulator::sqs::api::{Message, ReceiveMessageRequest};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::super::empty;
use super::super::operation::{Advance, Api, Deliver};
use super::super::receive::{Look, Receive};
use super::*;

const URL: &str = "http://127.0.0.1:1";
const START_MS: u64 = 1_700_000_000_000;

/// Queues in a folder of their own, at a time of their own.
struct Kept {
    data: TempDir,
    sqs: Sqs,
    store: Store,
    now_ms: u64,
}

impl Kept {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(data.path()).unwrap();
        assert!(folder.restore(URL).unwrap().is_none());
        let sqs = empty(URL);
        let store = Store::begin(folder, &sqs).unwrap();
        let mut kept = Self {
            data,
            sqs,
            store,
            now_ms: START_MS,
        };
        for suffix in ["", ".fifo"] {
            let arn = format!("arn:aws:sqs:us-east-1:000000000000:dead{suffix}");
            let policy = json!({"deadLetterTargetArn": arn, "maxReceiveCount": 1}).to_string();
            let mut attributes = json!({});
            if !suffix.is_empty() {
                attributes["FifoQueue"] = "true".into();
            }
            let name = format!("dead{suffix}");
            kept.call(
                "CreateQueue",
                json!({"QueueName": name, "Attributes": attributes}),
            );
            attributes["RedrivePolicy"] = policy.into();
            let name = format!("jobs{suffix}");
            kept.call(
                "CreateQueue",
                json!({"QueueName": name, "Attributes": attributes}),
            );
        }
        kept
    }

    fn call(&mut self, operation: &str, body: Json) -> Json {
        // As somebody might write it.
        let body = serde_json::to_string_pretty(&body).unwrap();
        let body = body.as_bytes();
        let api = Api { operation, body };
        let answer = self.store.run(&mut self.sqs, &api, self.now_ms);
        answer.unwrap_or_default()
    }

    fn receive(&mut self, queue: &str) -> Vec<Message> {
        let request = ReceiveMessageRequest {
            queue_url: queue.into(),
            max_number_of_messages: Some(3),
            wait_time_seconds: Some(1),
            ..ReceiveMessageRequest::default()
        };
        let receive = Receive::first(&request);
        match self.store.run(&mut self.sqs, &receive, self.now_ms) {
            Ok(Look::Found(received)) => received.messages,
            _ => Vec::new(),
        }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.data.path().join("queues").join(name)
    }

    /// Something that clients do, most of it on the messages that were received before.
    fn something(&mut self, random: &mut fastrand::Rng, held: &mut Vec<Json>) {
        self.now_ms += random.choice([0, 1, 1_000, 20_000]).unwrap_or_default();
        let fifo = if random.bool() { ".fifo" } else { "" };
        let jobs = format!("jobs{fifo}");
        let dead = format!("arn:aws:sqs:us-east-1:000000000000:dead{fifo}");
        let queue = if random.u8(..4) == 0 {
            format!("dead{fifo}")
        } else {
            jobs.clone()
        };
        match random.u8(..11) {
            0..3 => {
                let mut body = json!({"QueueUrl": jobs, "MessageBody": "two\nlines"});
                if !fifo.is_empty() {
                    body["MessageGroupId"] = random.u8(..2).to_string().into();
                    body["MessageDeduplicationId"] = random.u8(..20).to_string().into();
                }
                self.call("SendMessage", body);
            }
            3..6 => {
                let messages = self.receive(&queue).into_iter();
                held.extend(
                    messages
                        .map(|it| json!({"QueueUrl": queue, "ReceiptHandle": it.receipt_handle})),
                );
            }
            6..8 => {
                if let Some(body) = held.pop() {
                    self.call("DeleteMessage", body);
                }
            }
            8 => {
                let rate = random.u8(1..3);
                let body = json!({"SourceArn": dead, "MaxNumberOfMessagesPerSecond": rate});
                self.call("StartMessageMoveTask", body);
            }
            9 => drop(self.store.run(&mut self.sqs, &Advance, self.now_ms)),
            _ => {
                let chaos = Delivery::default().with_duplicate(random.f64());
                let deliver = Deliver(chaos.with_reorder(random.f64()));
                drop(self.store.run(&mut self.sqs, &deliver, self.now_ms));
            }
        }
    }
}

fn state(sqs: &Sqs) -> Json {
    let mut json = Vec::new();
    sqs.save(&mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

fn restored(data: &Path) -> Sqs {
    Folder::open(data).unwrap().restore(URL).unwrap().unwrap()
}

#[test]
fn what_was_answered_is_there_after_a_kill_at_any_byte() {
    for seed in 0..8 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut kept, mut held) = (Kept::new(), Vec::new());
        let mut answered = vec![(kept.store.journal.bytes, state(&kept.sqs))];
        for _ in 0..150 {
            kept.something(&mut random, &mut held);
            answered.push((kept.store.journal.bytes, state(&kept.sqs)));
        }
        let killed = tempfile::tempdir().unwrap();
        let queues = killed.path().join("queues");
        fs::create_dir(&queues).unwrap();
        fs::copy(kept.file("snapshot"), queues.join("snapshot")).unwrap();
        let journal = fs::read(kept.file("journal-1")).unwrap();
        let begin = answered[0].0;
        for _ in 0..60 {
            let end = random.u64(begin..=journal.len() as u64);
            fs::write(queues.join("journal-1"), &journal[..end as usize]).unwrap();
            let last = answered.iter().rfind(|(bytes, _)| *bytes <= end).unwrap();
            assert_eq!(
                state(&restored(killed.path())),
                last.1,
                "seed {seed}, {end}"
            );
        }
    }
}

#[test]
fn what_changes_nothing_is_not_written() {
    let mut kept = Kept::new();
    let before = kept.store.journal.bytes;
    assert!(kept.receive("jobs").is_empty());
    kept.call("ListQueues", json!({}));
    kept.call(
        "SendMessage",
        json!({"QueueUrl": "elsewhere", "MessageBody": "x"}),
    );
    kept.call("no such thing", json!({}));
    kept.now_ms += 1_000_000;
    drop(kept.store.run(&mut kept.sqs, &Advance, kept.now_ms));
    assert_eq!(kept.store.journal.bytes, before);
}

#[test]
fn a_long_journal_becomes_a_snapshot() {
    let mut kept = Kept::new();
    kept.store.long_journal_bytes = 0;
    let mut random = fastrand::Rng::with_seed(1);
    let mut held = Vec::new();
    for _ in 0..300 {
        kept.something(&mut random, &mut held);
    }
    let expected = state(&kept.sqs);
    let Kept { data, store, .. } = kept;
    drop(store);
    let files = fs::read_dir(data.path().join("queues")).unwrap();
    let mut files: Vec<_> = files.map(|it| it.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files.len(), 3, "{files:?}");
    assert_ne!(files[0], "journal-1");
    assert_eq!(state(&restored(data.path())), expected);
}

#[test]
fn two_processes_cannot_keep_queues_in_one_folder() {
    let kept = Kept::new();
    let Err(error) = Folder::open(kept.data.path()) else {
        panic!("opened twice");
    };
    let data = kept.data.path().display();
    assert_eq!(
        error.to_string(),
        format!(
            "{data} is in use by another lambda-queue; stop that one, or choose another folder \
             with --data"
        )
    );
}

/// What a start says after something has changed the files.
fn refused(change: impl FnOnce(&Path)) -> String {
    let mut kept = Kept::new();
    for _ in 0..3 {
        kept.call(
            "SendMessage",
            json!({"QueueUrl": "jobs", "MessageBody": "secret"}),
        );
    }
    let Kept { data, store, .. } = kept;
    drop(store);
    change(&data.path().join("queues"));
    let Err(error) = Folder::open(data.path()).unwrap().restore(URL) else {
        panic!("not refused");
    };
    let folder = data.path().display().to_string();
    error.to_string().replace(&folder, "DATA")
}

fn edit(path: &Path, edit: impl FnOnce(&str) -> String) {
    let text = fs::read_to_string(path).unwrap();
    fs::write(path, edit(&text)).unwrap();
}

#[test]
fn damage_is_told_by_file_and_line_with_a_way_out() {
    let journal =
        |change: fn(&str) -> String| refused(move |queues| edit(&queues.join("journal-1"), change));
    let without_line = |text: &str| {
        let lines = text.split_inclusive('\n').enumerate();
        lines.filter(|it| it.0 != 5).map(|it| it.1).collect()
    };
    insta::assert_snapshot!(
        [
            journal(|text| text.replacen("SendMessage", "SandMessage", 1)),
            journal(|text| text.replacen("\"MessageBody\"", "", 1)),
            journal(without_line),
            journal(|text| text.replacen("journal 1", "journal 2", 1)),
            refused(|queues| fs::remove_file(queues.join("journal-1")).unwrap()),
            refused(|queues| fs::remove_file(queues.join("snapshot")).unwrap()),
            refused(|queues| edit(&queues.join("snapshot"), |text| text.replace("}", ""))),
            refused(|queues| edit(&queues.join("snapshot"), |text| text
                .replace("t 1 ", "t 2 "))),
        ]
        .join("\n")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_kept_is_not_answered_nor_is_anything_after_it() {
    let mut kept = Kept::new();
    kept.store.journal.file = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let body = br#"{"QueueUrl":"jobs","MessageBody":"x"}"#;
    let send = Api {
        operation: "SendMessage",
        body,
    };
    for _ in 0..2 {
        let error = kept.store.run(&mut kept.sqs, &send, START_MS).unwrap_err();
        let path = kept.file("journal-1");
        let (path, told) = (path.display().to_string(), error.to_string());
        insta::allow_duplicates! {
            insta::assert_snapshot!(told.replace(&path, "JOURNAL"));
        }
        assert_eq!(error.query_header(), "InternalFailure;Receiver");
    }
}
