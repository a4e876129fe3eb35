//! DynamoDB over connections that are kept.

use std::cell::RefCell;

use crate::http::Connection;
use crate::signing::Signer;
use crate::{Error, Result};

/// Requests under way at a time, and so connections.
pub(crate) const AT_ONCE: usize = 32;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Way {
    None,
    Single,
    Batched,
}

impl Way {
    /// As `STORE` says.
    pub(crate) fn from_env() -> Self {
        match std::env::var("STORE").as_deref() {
            Ok("none") => Self::None,
            Ok("single") => Self::Single,
            _ => Self::Batched,
        }
    }
}

pub(crate) struct Store {
    host: String,
    url: String,
    signer: Signer,
    idle: RefCell<Vec<Connection>>,
}

impl Store {
    pub(crate) fn from_env() -> Result<Self> {
        let url = std::env::var("AWS_ENDPOINT_URL_DYNAMODB")?;
        let host = url.strip_prefix("http://").ok_or("an endpoint of http")?;
        Ok(Self {
            host: host.trim_end_matches('/').to_owned(),
            url: format!("{}/", url.trim_end_matches('/')),
            signer: Signer::from_env()?,
            idle: RefCell::new(Vec::new()),
        })
    }

    /// Makes a call and reads its answer: the status and the body.
    pub(crate) async fn call<T>(
        &self,
        operation: &str,
        body: &[u8],
        read: impl FnOnce(u16, &[u8]) -> Result<T>,
    ) -> Result<T> {
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => Connection::open(&self.host).await?,
        };
        let target = format!("DynamoDB_20120810.{operation}");
        let headers = self.signer.headers(&self.url, &target, body)?;
        let answer = connection.exchange("POST", "/", &headers, body).await?;
        let result = read(answer.status, answer.body);
        self.idle.borrow_mut().push(connection);
        result
    }
}

/// That DynamoDB said something nobody expects here.
pub(crate) fn unexpected(status: u16, body: &[u8]) -> Error {
    let body = String::from_utf8_lossy(body);
    format!("DynamoDB answered {status}: {body}").into()
}
