//! Whatever happens to the process, what was answered is there.

mod kept;

use std::fs;
use std::path::Path;

use serde_json::json;

use super::super::operation::{Advance, Api};
use super::*;
use kept::{Kept, START_MS, URL, restored, state};

#[test]
fn what_was_answered_is_there_after_a_kill_at_any_byte() {
    for seed in 0..8 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut kept, mut held) = (Kept::new(), Vec::new());
        let begin = kept.store.journal.bytes;
        for _ in 0..150 {
            kept.something(&mut random, &mut held);
        }
        let killed = tempfile::tempdir().unwrap();
        let queues = killed.path().join("queues");
        fs::create_dir(&queues).unwrap();
        fs::copy(kept.file("snapshot"), queues.join("snapshot")).unwrap();
        let journal = fs::read(kept.file("journal-1")).unwrap();
        for _ in 0..60 {
            let end = random.u64(begin..=journal.len() as u64);
            fs::write(queues.join("journal-1"), &journal[..end as usize]).unwrap();
            let mut answered = kept.answered.iter();
            let last = answered.rfind(|(bytes, _)| *bytes <= end).unwrap();
            let same = state(&restored(killed.path())) == last.1;
            assert!(same, "seed {seed}, killed at {end}");
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
    drop(kept.run(&Advance));
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
