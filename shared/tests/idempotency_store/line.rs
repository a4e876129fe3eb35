//! A TCP connection between the SDK's own HTTP client and DynamoDB that drops, cuts, resets and
//! holds what goes through it.

mod cue;
mod http;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_http_client::Builder;
use lambda_queue::DynamoDbStore;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use self::cue::Cue;
use crate::dynamodb::{DynamoDb, sdk};
use crate::faults::Call;

/// What the line does to a request or its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// The connection ends before the request is through.
    DropRequest,
    /// As before, by a reset.
    ResetRequest,
    /// The request is carried out, and the connection ends before the answer.
    DropAnswer,
    /// As before, by a reset.
    ResetAnswer,
    /// The connection ends within the answer's status line.
    CutHead,
    /// The connection ends within the answer's body.
    CutBody,
    /// As before, by a reset.
    ResetBody,
    /// The request does not arrive before the client's time is up, and perhaps later.
    HoldRequest,
    /// The request is carried out, and the answer does not arrive before the client's time is up.
    HoldAnswer,
    /// The answer arrives; then the connection ends, which the client expected to use again.
    CloseAfterwards,
}

type Plan = Arc<dyn Fn(&Call<'_>) -> Option<Break> + Send + Sync>;

/// A request that has come to the line.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    pub(crate) operation: String,
    pub(crate) body: String,
    pub(crate) broken: Option<Break>,
}

#[derive(Clone)]
pub(crate) struct Line {
    address: SocketAddr,
    behind: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    passed: Arc<Mutex<Vec<Passed>>>,
    held: Arc<Mutex<Vec<Vec<u8>>>>,
    cue: Cue,
}

impl Line {
    /// A line that does no harm yet, served until the runtime ends.
    pub(crate) async fn to(db: &DynamoDb) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self {
            address: listener.local_addr().unwrap(),
            behind: db.address,
            plan: Arc::new(Mutex::new(Arc::new(|_| None))),
            passed: Arc::default(),
            held: Arc::default(),
            cue: Cue::new(),
        };
        let served = line.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                // However it ends, the client sees it.
                tokio::spawn(served.clone().carry(client));
            }
        });
        line
    }

    /// A store behind the line. Its client tries as often as any, however often it had to.
    pub(crate) fn store(&self) -> DynamoDbStore {
        let tries = TokenBucket::builder().capacity(1_000_000).build();
        let config = sdk(self.address)
            .http_client(Builder::new().build_http())
            .sleep_impl(self.cue.clone())
            .timeout_config(Cue::timeouts())
            .retry_partition(RetryPartition::custom("line").token_bucket(tries).build())
            .build();
        DynamoDb::through(Client::from_conf(config))
    }

    /// From now on, requests suffer what the plan says; counting starts again.
    pub(crate) fn inject(&self, plan: impl Fn(&Call<'_>) -> Option<Break> + Send + Sync + 'static) {
        *self.plan.lock().unwrap() = Arc::new(plan);
        self.passed.lock().unwrap().clear();
    }

    /// Does no harm any more; counting starts again.
    pub(crate) fn heal(&self) {
        self.inject(|_| None);
    }

    /// The requests since the last [`inject`](Self::inject), in their order.
    pub(crate) fn passed(&self) -> Vec<Passed> {
        self.passed.lock().unwrap().clone()
    }

    /// Lets all requests arrive that were held, one after the other; says how many.
    pub(crate) async fn let_go(&self) -> usize {
        let held = std::mem::take(&mut *self.held.lock().unwrap());
        for request in &held {
            self.forward(request).await.unwrap();
        }
        held.len()
    }

    async fn carry(self, mut client: TcpStream) -> io::Result<()> {
        while let Some(request) = http::read(&mut client).await? {
            let broken = self.note(&request);
            match broken {
                None => {
                    let answer = self.forward(&request).await?;
                    client.write_all(&answer).await?;
                }
                Some(broken) => return self.break_off(broken, client, request).await,
            }
        }
        Ok(())
    }

    async fn break_off(
        &self,
        broken: Break,
        mut client: TcpStream,
        request: Vec<u8>,
    ) -> io::Result<()> {
        match broken {
            Break::DropRequest => return Ok(()),
            Break::ResetRequest => return client.set_zero_linger(),
            Break::HoldRequest => {
                self.held.lock().unwrap().push(request);
                return self.time_out(client).await;
            }
            _ => {}
        }
        let answer = self.forward(&request).await?;
        let body_at = http::body_at(&answer).unwrap_or_default();
        let sent = match broken {
            Break::HoldAnswer => return self.time_out(client).await,
            Break::CutHead => &answer[..10],
            Break::CutBody | Break::ResetBody => &answer[..body_at + 1],
            Break::CloseAfterwards => &answer[..],
            _ => &[],
        };
        client.write_all(sent).await?;
        if matches!(broken, Break::ResetAnswer | Break::ResetBody) {
            client.set_zero_linger()?;
        }
        Ok(())
    }

    /// The client's time is up; returns when it has hung up.
    async fn time_out(&self, mut client: TcpStream) -> io::Result<()> {
        self.cue.time_out();
        client.read_u8().await.map(drop)
    }

    async fn forward(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(self.behind).await?;
        server.write_all(request).await?;
        let answer = http::read(&mut server).await?;
        answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn note(&self, request: &[u8]) -> Option<Break> {
        let target = http::header(request, "x-amz-target").unwrap();
        let operation = target.rsplit('.').next().unwrap();
        let body = std::str::from_utf8(&request[http::body_at(request).unwrap()..]).unwrap();
        let mut passed = self.passed.lock().unwrap();
        let before = passed.iter().filter(|it| it.operation == operation);
        let before = before.count();
        let plan = self.plan.lock().unwrap().clone();
        let broken = plan(&Call {
            operation,
            body,
            before,
        });
        passed.push(Passed {
            operation: operation.to_owned(),
            body: body.to_owned(),
            broken,
        });
        broken
    }
}
