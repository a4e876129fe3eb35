//! SQS over HTTP: the endpoint answers every request of either protocol in AWS's form, and stays up.

use std::cell::RefCell;
use std::io::Cursor;
use std::time::Duration;

use clap::Parser;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lambda_queue_cli::Cli;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, LocalSet, spawn_local};

/// Queues pile up, and an input should be judged by itself.
const REQUESTS_PER_ACCOUNT: usize = 500;
const TEMPLATE: &str =
    "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: orders\n";
const FORM: &str = "application/x-www-form-urlencoded";
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0";

type Body = Cursor<Vec<u8>>;
type Http = Client<HttpConnector, Full<Body>>;

struct World {
    runtime: Runtime,
    /// The command's future stays on its thread.
    local: LocalSet,
    served: Option<Served>,
    http: Http,
    requests: usize,
}

/// `lambda-queue local serve`, as it is run by its users.
struct Served {
    url: String,
    task: JoinHandle<u8>,
    _folder: TempDir,
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// `{…` after the operation's name is a request in JSON, anything else a form. Nobody has the time for those that
/// wait.
pub(crate) fn check(data: &[u8]) {
    let waits = b"WaitTimeSeconds";
    if data.windows(waits.len()).any(|it| it == waits) {
        return;
    }
    WORLD.with_borrow_mut(|world| {
        let world = world.get_or_insert_with(World::new);
        world.refresh();
        world.check(data);
    });
}

impl Served {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.yaml");
        std::fs::write(&path, TEMPLATE).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let (path, port_text) = (path.to_string_lossy(), port.to_string());
        let arguments = [
            "lambda-queue",
            "local",
            "serve",
            "--template",
            &path,
            "--port",
            &port_text,
        ];
        let cli = Cli::try_parse_from(arguments).unwrap();
        let task = spawn_local(lambda_queue_cli::run(cli));
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(!task.is_finished(), "it does not serve");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Self {
            url: format!("http://127.0.0.1:{port}"),
            task,
            _folder: folder,
        }
    }
}

impl World {
    fn new() -> Self {
        // Real time: an endpoint has real sockets.
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        let http = Client::builder(TokioExecutor::new()).build_http();
        Self {
            runtime,
            local: LocalSet::new(),
            served: None,
            http,
            requests: 0,
        }
    }

    fn refresh(&mut self) {
        self.requests += 1;
        if self.served.is_some() && !self.requests.is_multiple_of(REQUESTS_PER_ACCOUNT) {
            return;
        }
        if let Some(served) = self.served.take() {
            served.task.abort();
        }
        self.served = Some(self.local.block_on(&self.runtime, Served::start()));
    }

    fn check(&self, data: &[u8]) {
        let url = &self.served.as_ref().unwrap().url;
        let json = data
            .iter()
            .position(|it| *it == b'{')
            .map(|at| data.split_at(at));
        let json = json.and_then(|(name, body)| Some((operation(name)?, body)));
        let builder = Request::post(url).header("authorization", SIGNED);
        match json {
            Some((operation, body)) => {
                let target = format!("AmazonSQS.{operation}");
                let request = builder.header("x-amz-target", target);
                let request = request.header("content-type", "application/x-amz-json-1.0");
                let (status, answer) = self.send(request.body(full(body)).unwrap());
                let answer: Value = serde_json::from_slice(&answer).unwrap();
                check_json(status, &answer);
            }
            None => {
                let request = builder.header("content-type", FORM);
                let (status, answer) = self.send(request.body(full(data)).unwrap());
                check_xml(status, std::str::from_utf8(&answer).unwrap());
            }
        }
    }

    fn send(&self, request: Request<Full<Body>>) -> (StatusCode, Vec<u8>) {
        self.local.block_on(&self.runtime, async {
            let answer: Response<_> = self.http.request(request).await.unwrap();
            let status = answer.status();
            assert!(!status.is_server_error(), "{status}");
            let body = answer.into_body().collect().await.unwrap();
            (status, body.to_bytes().to_vec())
        })
    }
}

fn full(body: &[u8]) -> Full<Body> {
    Full::new(Cursor::new(body.to_vec()))
}

/// What can be in a header, as an SDK would send it.
fn operation(name: &[u8]) -> Option<&str> {
    let name = std::str::from_utf8(name).ok()?.trim();
    let is_word = name.bytes().all(|it| it.is_ascii_graphic());
    is_word.then_some(name)
}

fn check_json(status: StatusCode, answer: &Value) {
    let named = |name: &str| answer[name].as_str().is_some_and(|it| !it.is_empty());
    let is_error = named("__type") && named("message");
    assert!(
        answer.is_object() && is_error == status.is_client_error(),
        "{status}: {answer}"
    );
}

/// Well-formed, an error if it says so, and with a request's id in any case.
fn check_xml(status: StatusCode, answer: &str) {
    let mut reader = Reader::from_str(answer);
    reader.config_mut().check_end_names = true;
    let mut names = Vec::new();
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|error| panic!("{error}: {answer}"))
        {
            Event::Start(tag) => names.push(String::from_utf8(tag.name().0.to_vec()).unwrap()),
            Event::Eof => break,
            _ => {}
        }
    }
    let is_error = names.first().is_some_and(|it| it == "ErrorResponse");
    assert_eq!(is_error, status.is_client_error(), "{status}: {answer}");
    assert!(names.iter().any(|it| it == "RequestId"), "{answer}");
}
