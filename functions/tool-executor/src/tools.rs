//! The tools this function comes with.

mod calculator;
mod http_fetch;
mod search_documents;

pub use calculator::Calculator;
pub use http_fetch::{
    BadSite, HttpFetch, MAX_PAGE_BYTES, Network, NetworkFuture, Sites, SystemNetwork,
};
pub use search_documents::SearchDocuments;
