//! SAM's `Globals`, as SAM merges them: maps by key, lists one after the other, all else replaced.

use super::{Shape, Tree};

/// `own`, and what `globals` says beyond it.
pub(super) fn merge(own: Tree, globals: &Tree) -> Tree {
    let line = own.line;
    let shape = match (own.shape, &globals.shape) {
        (Shape::Map(mut entries), Shape::Map(others)) => {
            for (key, other) in others {
                match entries.iter_mut().find(|(name, _)| name == key) {
                    Some((_, mine)) => *mine = merge(mine.clone(), other),
                    None => entries.push((key.clone(), other.clone())),
                }
            }
            Shape::Map(entries)
        }
        (Shape::List(items), Shape::List(others)) => {
            Shape::List(others.iter().cloned().chain(items).collect())
        }
        (own, _) => own,
    };
    Tree { line, shape }
}
