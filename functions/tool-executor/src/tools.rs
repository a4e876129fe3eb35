//! The tools this function comes with.

mod calculator;
mod ranking;
mod search_documents;

pub use calculator::Calculator;
pub use search_documents::SearchDocuments;
