//! An HTTP client that can lose requests and answers, and put words into DynamoDB's mouth.

mod wire;

use std::sync::{Arc, Mutex};

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It never arrives.
    LoseRequest,
    /// It is carried out, and the answer is lost.
    LoseAnswer,
    /// It is not carried out, and answered with this error.
    Refuse(u16, &'static str),
    /// It is not carried out, and answered as a transaction that was cancelled for these reasons,
    /// in the order of its writes.
    Cancel(&'static [&'static str]),
    /// It is carried out as one that DynamoDB has never seen: ten minutes have passed.
    ForgetToken,
    /// These statements are not carried out, and answered with this code; the rest are.
    SkipStatements(Vec<usize>, &'static str),
    /// All statements are carried out, but these answered with this code.
    MisreportStatements(Vec<usize>, &'static str),
    /// All statements are carried out, but only this many answered.
    TruncateAnswer(usize),
    /// Only this many keys are read; the others come back unprocessed.
    LeaveUnprocessed { read: usize },
}

/// One request on its way.
pub(crate) struct Call<'a> {
    /// Such as `UpdateItem`.
    pub(crate) operation: &'a str,
    pub(crate) body: &'a str,
    /// How many of this operation came before.
    pub(crate) before: usize,
}

pub(crate) const STATEMENTS: &str = "BatchExecuteStatement";
pub(crate) const TRANSACTION: &str = "TransactWriteItems";

/// Strikes the first request of an operation only.
pub(crate) fn first<F: Clone + Send + Sync>(
    operation: &'static str,
    fault: F,
) -> impl Fn(&Call<'_>) -> Option<F> + Send + Sync {
    move |call| (call.operation == operation && call.before == 0).then(|| fault.clone())
}

/// Strikes all requests of an operation.
pub(crate) fn every<F: Clone + Send + Sync>(
    operation: &'static str,
    fault: F,
) -> impl Fn(&Call<'_>) -> Option<F> + Send + Sync {
    move |call| (call.operation == operation).then(|| fault.clone())
}

type Plan = Arc<dyn Fn(&Call<'_>) -> Option<Fault> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct FaultyHttp {
    inner: SharedHttpClient,
    plan: Arc<Mutex<Plan>>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl std::fmt::Debug for FaultyHttp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FaultyHttp")
    }
}

impl FaultyHttp {
    pub(crate) fn new() -> Self {
        Self {
            inner: Builder::new().build_http(),
            plan: Arc::new(Mutex::new(Arc::new(|_| None))),
            calls: Arc::default(),
        }
    }

    /// From now on, requests suffer what the plan says; counting starts again.
    pub(crate) fn inject(&self, plan: impl Fn(&Call<'_>) -> Option<Fault> + Send + Sync + 'static) {
        *self.plan.lock().unwrap() = Arc::new(plan);
        self.calls.lock().unwrap().clear();
    }

    /// No more faults; counting starts again.
    pub(crate) fn heal(&self) {
        self.inject(|_| None);
    }

    /// The operations asked for since the last [`inject`](Self::inject), attempts counted singly.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.calls().iter().filter(|it| *it == operation).count()
    }

    fn fault(&self, request: &HttpRequest) -> Option<Fault> {
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.rsplit('.').next().unwrap();
        let body = std::str::from_utf8(request.body().bytes().unwrap()).unwrap();
        let before = self.count(operation);
        self.calls.lock().unwrap().push(operation.to_owned());
        let plan = self.plan.lock().unwrap().clone();
        plan(&Call {
            operation,
            body,
            before,
        })
    }
}

impl HttpClient for FaultyHttp {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(FaultyConnector {
            http: self.clone(),
            inner: self.inner.http_connector(settings, components),
        })
    }
}

#[derive(Clone, Debug)]
struct FaultyConnector {
    http: FaultyHttp,
    inner: SharedHttpConnector,
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(fault) = self.http.fault(&request) else {
            return self.inner.call(request);
        };
        let inner = self.inner.clone();
        HttpConnectorFuture::new(wire::suffer(fault, inner, request))
    }
}
