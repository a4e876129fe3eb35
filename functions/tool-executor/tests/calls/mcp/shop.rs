//! A server made with the official SDK, whose tools do everything that tools may do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

type Service = StreamableHttpService<Tools, LocalSessionManager>;

/// How many tools come on a page.
const PAGE: usize = 3;

/// What was seen of a server's callers.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    /// The tools that were called.
    pub(crate) calls: Arc<Mutex<Vec<String>>>,
    /// All requests, by method, with their headers.
    pub(crate) requests: Arc<Mutex<Vec<(Method, HeaderMap)>>>,
    /// Somebody has given up a call, and said so.
    pub(crate) given_up: Arc<Notify>,
}

impl Seen {
    pub(crate) fn calls_of(&self, tool: &str) -> usize {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|it| *it == tool).count()
    }
}

/// A server that can be stopped, and started again at the same address.
pub(crate) struct Shop {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Seen,
    running: JoinHandle<()>,
}

impl Shop {
    pub(crate) async fn start() -> Self {
        Self::start_with(StreamableHttpServerConfig::default()).await
    }

    pub(crate) async fn start_with(config: StreamableHttpServerConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Seen::default();
        Self {
            address,
            running: serve(listener, seen.clone(), config),
            seen,
        }
    }

    /// Nobody answers any more.
    pub(crate) async fn stop(&mut self) {
        self.running.abort();
        while !self.running.is_finished() {
            tokio::task::yield_now().await;
        }
    }

    /// Another process at the same address, which knows no sessions.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        let listener = TcpListener::bind(self.address).await.unwrap();
        let config = StreamableHttpServerConfig::default();
        self.running = serve(listener, self.seen.clone(), config);
    }
}

fn serve(listener: TcpListener, seen: Seen, config: StreamableHttpServerConfig) -> JoinHandle<()> {
    let tools = Tools(seen.clone());
    let service = Service::new(move || Ok(tools.clone()), Arc::default(), config);
    let answer = move |request: Request| {
        let (method, headers) = (request.method().clone(), request.headers().clone());
        seen.requests.lock().unwrap().push((method, headers));
        let service = service.clone();
        async move { service.handle(request).await }
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
}

#[derive(Clone)]
struct Tools(Seen);

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        page: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let cursor = page.and_then(|it| it.cursor);
        let start: usize = cursor.map_or(0, |it| it.parse().unwrap());
        let all = tools();
        let rest = &all[start..];
        let mut listed = ListToolsResult::with_all_items(rest.iter().take(PAGE).cloned().collect());
        listed.next_cursor = (rest.len() > PAGE).then(|| (start + PAGE).to_string());
        Ok(listed)
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        self.0.calls.lock().unwrap().push(call.name.to_string());
        let arguments = Value::Object(call.arguments.unwrap_or_default());
        let text = |text: &str| CallToolResult::success(vec![ContentBlock::text(text)]);
        let result = match &*call.name {
            "weather.of" => text(&format!("It rains in {}.", arguments["city"])),
            "hang" | "hang_and_pay" => {
                context.ct.cancelled().await;
                self.0.given_up.notify_one();
                text("too late")
            }
            "fail" => CallToolResult::error(vec![ContentBlock::text("There is no such city.")]),
            "huge" | "huge_pay" => text(&"x".repeat(5 * 1024 * 1024)),
            "long" => text(&"x".repeat(100_000)),
            "structured" => CallToolResult::structured(json!({"b": 1, "a": [true]})),
            "only_structured" => {
                let mut result = CallToolResult::structured(json!({"b": 1, "a": [true]}));
                result.content = Vec::new();
                result
            }
            "pictures" => CallToolResult::success(vec![
                ContentBlock::image("AAAAAAAA", "image/png"),
                ContentBlock::embedded_text("file:///a.txt", "in a file"),
            ]),
            "invalid" => return Err(ErrorData::invalid_params("no such account", None)),
            "internal" | "internal_pay" => {
                let why = format!("a secret of {arguments}");
                return Err(ErrorData::internal_error(why, None));
            }
            _ => text("done"),
        };
        Ok(result.into())
    }
}

fn tools() -> Vec<Tool> {
    let anything = json!({"type": "object"});
    let city =
        json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let elsewhere = json!({"type": "object", "$ref": "http://127.0.0.1:1/schema.json"});
    let large = json!({"type": "object", "description": "x".repeat(70_000)});
    let none = ToolAnnotations::new;
    let read_only = || none().read_only(true);
    let tool = |name: &'static str, schema: &Value, annotations| {
        let schema = schema.as_object().unwrap().clone();
        Tool::new(name, "Does it.", schema).annotate(annotations)
    };
    vec![
        tool("weather.of", &city, read_only()),
        tool("pay", &anything, none()),
        tool("add", &anything, none().destructive(false)),
        tool("set", &anything, none().idempotent(true)),
        tool("hang", &anything, read_only()),
        tool("hang_and_pay", &anything, none()),
        tool("fail", &anything, read_only()),
        tool("huge", &anything, read_only()),
        tool("huge_pay", &anything, none()),
        tool("long", &anything, read_only()),
        tool("structured", &anything, read_only()),
        tool("only_structured", &anything, read_only()),
        tool("pictures", &anything, read_only()),
        tool("invalid", &anything, none()),
        tool("internal", &anything, read_only()),
        tool("internal_pay", &anything, none()),
        tool("schema_elsewhere", &elsewhere, read_only()),
        tool("schema_too_large", &large, read_only()),
        // The same name as the first has, once it is one that a model can call.
        tool("weather/of", &anything, read_only()),
    ]
}
