//! Readers that do not wait until a run has ended.

use lambda_queue::Outcome;

use crate::world::{World, notification};

/// One and a half megabytes of one word, so that a reader needs several requests.
fn megabytes(word: &str) -> String {
    format!("{word} ").repeat((3 << 19) / (word.len() + 1))
}

/// Between the pages of a scan the document may be replaced: then it is left out, and not mixed.
#[tokio::test]
async fn a_reader_beside_the_run_never_sees_a_mix() {
    let world = World::start(30_000).await;
    let texts = ["one", "another"].map(megabytes);
    let known = [&texts[0], &texts[1]].map(|text| world.chunks_of(text));
    assert!(known.iter().all(|chunks| chunks.len() > 50));
    world.put(&texts[0]).await;
    let first = notification("ObjectCreated:Put", "01");
    assert_eq!(world.deliver(&first, None).await, Some(Outcome::Processed));
    world.put(&texts[1]).await;
    let second = notification("ObjectCreated:Put", "02");
    let run = world.deliver(&second, None);
    tokio::pin!(run);
    let mut ended = None;
    let mut seen = Vec::new();
    while ended.is_none() {
        let read = tokio::select! {
            read = world.read() => read,
            outcome = &mut run => {
                ended = outcome;
                world.read().await
            }
        };
        if let Some(read) = read {
            let which = known.iter().position(|chunks| *chunks == read);
            seen.push(which.expect("a part of a document, or a mix of two"));
        }
    }
    assert_eq!(ended, Some(Outcome::Processed));
    assert!(seen.is_sorted(), "an older one again: {seen:?}");
    assert!(seen.len() > 2 && seen.contains(&0), "{seen:?}");
    assert_eq!(seen.last(), Some(&1));
}
