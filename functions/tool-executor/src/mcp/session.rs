//! Sessions with a server: one at a time, for all calls of a sandbox.

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientRequest, PaginatedRequestParams, PingRequest,
    Tool,
};
use rmcp::service::RunningService;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{RoleClient, ServiceExt};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tracing::warn;

use super::exchange::Endpoint;
use super::failure::Failure;
use super::http::HttpClient;
use crate::{McpServer, ToolError};

/// For the handshake, and for the ping before a call.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The most tools of a server.
const MAX_TOOLS: usize = 256;
/// The most pages they are listed in.
const MAX_PAGES: usize = 32;
/// As many messages as a batch may have calls: whose turn it is, is decided elsewhere.
const MAX_REQUESTS: usize = 10_000;

/// Nobody listens: servers have nothing to ask of this client.
type Session = RunningService<RoleClient, ()>;

/// A server, and the session with it.
pub(super) struct Sessions {
    pub(super) server: String,
    client: HttpClient,
    url: Arc<str>,
    current: Mutex<Option<Arc<Session>>>,
}

/// How a call is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// It may be sent again.
    Repeatable,
    /// It is sent once at most, over a session that is known to be there.
    Once,
}

impl Sessions {
    pub(super) fn new(server: &McpServer) -> Self {
        Self {
            server: server.name.clone(),
            client: HttpClient::new(Endpoint::new(server)),
            url: server.url.as_str().into(),
            current: Mutex::default(),
        }
    }

    /// The server's tools, page by page.
    pub(super) async fn list(&self) -> Result<Vec<Tool>, ToolError> {
        let session = self.session().await.map_err(|it| self.unavailable(it))?;
        let mut tools = Vec::new();
        let mut page = None;
        for _ in 0..MAX_PAGES {
            let listed = match session.list_tools(page).await {
                Ok(listed) => listed,
                Err(error) => {
                    // Whatever it is, the next try starts from the beginning.
                    self.forget(&session).await;
                    return Err(self.unavailable(error.into()));
                }
            };
            tools.extend(listed.tools);
            let Some(next) = listed.next_cursor.filter(|_| tools.len() < MAX_TOOLS) else {
                page = None;
                break;
            };
            page = Some(PaginatedRequestParams::default().with_cursor(Some(next)));
        }
        if tools.len() > MAX_TOOLS || page.is_some() {
            let server = &self.server;
            warn!(
                server,
                "only the first {MAX_TOOLS} tools of this MCP server are offered"
            );
            tools.truncate(MAX_TOOLS);
        }
        Ok(tools)
    }

    /// Calls a tool.
    pub(super) async fn call(
        &self,
        params: CallToolRequestParams,
        care: Care,
    ) -> Result<CallToolResponse, Failure> {
        let session = match care {
            Care::Repeatable => self.session().await?,
            Care::Once => self.pinged().await?,
        };
        let lost = match session.call_tool_once(params.clone()).await {
            Ok(response) => return Ok(response),
            Err(error) => Failure::from(error),
        };
        if lost != Failure::SessionLost {
            return Err(lost);
        }
        self.forget(&session).await;
        if care == Care::Once {
            return Err(Failure::Unknown("it lost the session".to_owned()));
        }
        let session = self.session().await?;
        let called = session.call_tool_once(params).await;
        called.map_err(|error| match Failure::from(error) {
            Failure::SessionLost => Failure::Unknown("it loses its sessions".to_owned()),
            failure => failure,
        })
    }

    /// A session that the server knows just now.
    async fn pinged(&self) -> Result<Arc<Session>, Failure> {
        let Some(session) = self.kept().await else {
            return self.session().await;
        };
        let ping = ClientRequest::PingRequest(PingRequest::default());
        let answer = timeout(TIMEOUT, session.send_request(ping)).await;
        let answer = answer.map_err(|_| not_started("it does not answer"))?;
        match answer.map_err(Failure::from) {
            // Whatever it thinks of pings, it answers within the session.
            Ok(_) | Err(Failure::Refused(_)) => Ok(session),
            Err(Failure::SessionLost) => {
                self.forget(&session).await;
                self.session().await
            }
            Err(Failure::NotStarted(why) | Failure::Unknown(why)) => Err(not_started(&why)),
            Err(Failure::TooLarge) => Err(not_started("its answer to a ping is too large")),
        }
    }

    async fn kept(&self) -> Option<Arc<Session>> {
        let current = self.current.lock().await;
        current
            .as_ref()
            .filter(|it| !it.is_closed())
            .map(Arc::clone)
    }

    /// The session, or a new one. Who comes while it is made waits for it.
    async fn session(&self) -> Result<Arc<Session>, Failure> {
        let mut current = self.current.lock().await;
        if let Some(session) = current.as_ref().filter(|it| is_usable(it)) {
            return Ok(Arc::clone(session));
        }
        let mut config = StreamableHttpClientTransportConfig::with_uri(Arc::clone(&self.url))
            .max_concurrent_requests(MAX_REQUESTS);
        // It would send again what was under way, whatever that was.
        config.reinit_on_expired_session = false;
        config.allow_stateless = true;
        let transport = StreamableHttpClientTransport::with_client(self.client.clone(), config);
        let started = timeout(TIMEOUT, ().serve(transport)).await;
        let started = started.map_err(|_| not_started("it does not answer"))?;
        let session = Arc::new(started?);
        *current = Some(Arc::clone(&session));
        Ok(session)
    }

    /// This session is over, unless there is another one already.
    async fn forget(&self, session: &Arc<Session>) {
        let mut current = self.current.lock().await;
        current.take_if(|it| Arc::ptr_eq(it, session));
    }

    fn unavailable(&self, failure: Failure) -> ToolError {
        let why = match failure {
            Failure::NotStarted(why) | Failure::Unknown(why) => why,
            Failure::SessionLost => "it lost the session".to_owned(),
            Failure::TooLarge => "its list of tools is too large".to_owned(),
            // Nothing was sent that it could quote.
            Failure::Refused(why) => format!("it does not list its tools: {why}"),
        };
        ToolError::unavailable(format!("the MCP server {}: {why}", self.server))
    }
}

fn is_usable(session: &Session) -> bool {
    !session.is_closed() && !session.is_transport_closed()
}

fn not_started(why: &str) -> Failure {
    Failure::NotStarted(why.to_owned())
}
