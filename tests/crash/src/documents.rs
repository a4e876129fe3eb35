//! Documents: each is one edition, whole, and nothing is left of the others.

use crate::accounts::{Accounts, number, text};
use crate::dead::DeadLetters;
use crate::load::{EDITIONS, edition, handbook};

/// What is wrong with documents and their chunks.
pub(crate) fn problems(accounts: &Accounts, dead: &DeadLetters, handbooks: usize) -> Vec<String> {
    let mut problems = Vec::new();
    let alive = |id: &String| !dead.of_good.documents.contains(id);
    for (id, items) in accounts.documents.iter().filter(|it| alive(it.0)) {
        let (manifests, chunks): (Vec<_>, Vec<_>) =
            items.iter().partition(|it| text(it, "sort") == "manifest");
        let [manifest] = manifests.as_slice() else {
            problems.push(format!("document {id} has {} manifests", manifests.len()));
            continue;
        };
        let version = text(manifest, "version");
        let current = chunks.iter().filter(|it| text(it, "version") == version);
        let mut ordinals: Vec<_> = current.map(|it| number(it, "ordinal")).collect();
        ordinals.sort_unstable();
        let all: Vec<_> = (0..number(manifest, "chunk_count")).collect();
        if ordinals != all {
            problems.push(format!("document {id} is not whole"));
        }
        let old = chunks.len() - ordinals.len();
        if old > 0 {
            problems.push(format!("document {id} has {old} chunks of other versions"));
        }
    }
    for id in (1..=handbooks).map(handbook) {
        let items = accounts.documents.get(&id).filter(|_| alive(&id));
        let texts: Vec<_> = items
            .into_iter()
            .flatten()
            .map(|it| text(it, "text"))
            .filter(|it| !it.is_empty())
            .collect();
        let has = |of: &usize| texts.iter().any(|it| it.contains(&edition(*of)));
        let editions = (1..=EDITIONS).filter(has).count();
        if items.is_some() && editions != 1 {
            problems.push(format!("document {id} is of {editions} editions"));
        }
    }
    problems
}
