//! DynamoDB's answers from memory, after a wait that can be set; requests and bytes are counted.

mod attribute;
mod condition;
mod fault;
mod lexer;
mod partiql;
mod protocol;
mod table;
#[cfg(test)]
mod tests;
mod update;

use std::cell::{Cell, RefCell};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use tokio::net::{TcpListener, TcpStream};

use crate::http::{self, Traffic};
use crate::scenario::Latency;
use fault::Fault;
use table::Table;

/// A table that everybody may use, at an address of its own.
#[derive(Clone)]
pub(crate) struct Store(Rc<Shared>);

struct Shared {
    address: SocketAddr,
    table: RefCell<Table>,
    latency: Cell<Latency>,
    requests: Cell<u64>,
    traffic: Traffic,
}

/// What went over the wire.
#[derive(Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) requests: u64,
    /// Both ways, with headers.
    pub(crate) bytes: u64,
}

impl Store {
    /// Serves it as long as the task set runs.
    pub(crate) async fn serve() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let store = Self(Rc::new(Shared {
            address: listener.local_addr()?,
            table: RefCell::default(),
            latency: Cell::new(Latency::default()),
            requests: Cell::default(),
            traffic: Traffic::default(),
        }));
        tokio::task::spawn_local(store.clone().accept(listener));
        Ok(store)
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// Empties the table, and lets its answers wait from now on.
    pub(crate) fn reset(&self, latency: Latency) {
        self.0.table.borrow_mut().clear();
        self.0.latency.set(latency);
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            requests: self.0.requests.get(),
            bytes: self.0.traffic.bytes(),
        }
    }

    /// How many records are completed.
    pub(crate) fn completed(&self) -> usize {
        self.0.table.borrow().completed()
    }

    async fn accept(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::task::spawn_local(self.clone().connection(stream));
        }
    }

    async fn connection(self, stream: TcpStream) {
        let traffic = self.0.traffic.clone();
        http::serve(stream, Some(traffic), move |request| {
            let store = self.clone();
            async move { store.answer(request).await }
        })
        .await;
    }

    async fn answer(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, hyper::Error> {
        let target = request.headers().get("x-amz-target").cloned();
        let body = request.into_body().collect().await?.to_bytes();
        let target = target.as_ref().and_then(|it| it.to_str().ok());
        let operation = target.and_then(|it| it.rsplit('.').next());
        let operation = operation.unwrap_or_default();
        self.0.requests.set(self.0.requests.get() + 1);
        let latency = self.0.latency.get();
        let wait = match protocol::is_batched(operation) {
            true => latency.batched,
            false => latency.single,
        };
        if wait > Duration::ZERO {
            tokio::time::sleep(wait).await;
        }
        let (status, body) = protocol::answer(&mut self.0.table.borrow_mut(), operation, &body);
        Ok(http::json(status, body))
    }
}
