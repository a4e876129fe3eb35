//! The function's configuration.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_s3::Client as S3;
use aws_sdk_sqs::Client as Sqs;
use ingestion::{Embedding, EmbeddingSettings};
use lambda_queue::{
    BatchProcessor, BuildError, Environment, EnvironmentError, Idempotency, IdempotencyStore,
    QueueSettings,
};

use crate::{
    BadPolicy, BadTool, Calculator, HttpFetch, LongOutput, Registry, ResultsQueue, SearchDocuments,
    Sites, ToolExecutor, ToolPolicies, ToolRequest, ToolResultsTable,
};
#[cfg(feature = "mcp")]
use crate::{McpServer, McpTools};

/// What the function is told by its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What every function fed by a queue is told.
    pub queue: QueueSettings,
    /// `DOCUMENTS_TABLE`
    pub documents_table: String,
    /// `TOOL_RESULTS_TABLE`
    pub tool_results_table: String,
    /// `HTTP_FETCH_ALLOWED_HOSTS` and `HTTP_FETCH_ALLOWED_PORTS`: without hosts, no `http_fetch`.
    pub http_fetch: Option<Sites>,
    /// `MCP_SERVERS`, and what goes with it: servers whose tools are offered as well.
    #[cfg(feature = "mcp")]
    pub mcp_servers: Vec<McpServer>,
    /// `TOOL_POLICIES`: JSON, a policy for each tool that is not left as it is.
    pub tool_policies: ToolPolicies,
    /// `RESULTS_BUCKET`: where output goes that is longer than a result may be.
    pub results_bucket: Option<String>,
    /// `RESULTS_QUEUE_URL`: a FIFO queue that results are sent to as well.
    pub results_queue_url: Option<String>,
    /// `CONVERSATION_CONCURRENCY`: how many calls of one conversation run at a time.
    pub conversation_concurrency: Option<usize>,
    /// What `EMBEDDINGS` and its like say, as for ingestion, unless embeddings are off.
    pub embeddings: Option<EmbeddingSettings>,
}

/// The clients of the services the function uses.
#[derive(Debug, Clone)]
pub struct Clients {
    /// For documents and results.
    pub dynamodb: DynamoDb,
    /// For long output.
    pub s3: S3,
    /// For results, dead letters and delays.
    pub sqs: Sqs,
}

/// A configuration no processor can be built with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A tool cannot be registered.
    #[error(transparent)]
    Tool(#[from] BadTool),
    /// The processor refused a setting.
    #[error(transparent)]
    Processor(#[from] BuildError),
}

impl Config {
    /// Reads the process environment.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn from_env() -> Result<Self, EnvironmentError> {
        Self::read(&|name| std::env::var(name).ok())
    }

    /// Reads variables by name.
    ///
    /// # Errors
    /// Everything that is wrong with them, at once.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let mut environment = Environment::new(lookup);
        #[cfg(not(feature = "mcp"))]
        if environment.optional("MCP_SERVERS").is_some() {
            let problem = "MCP_SERVERS is set, but the function was built without its feature mcp";
            environment.problem(problem.to_owned());
        }
        let config = Self {
            queue: QueueSettings::read(&mut environment),
            documents_table: environment.required(
                "DOCUMENTS_TABLE",
                "the name of the table of documents and chunks",
            ),
            tool_results_table: environment.required(
                "TOOL_RESULTS_TABLE",
                "the name of the table of tool results",
            ),
            http_fetch: sites(&mut environment),
            #[cfg(feature = "mcp")]
            mcp_servers: McpServer::read(&mut environment),
            tool_policies: policies(&mut environment),
            results_bucket: environment.optional("RESULTS_BUCKET"),
            results_queue_url: environment.optional("RESULTS_QUEUE_URL"),
            conversation_concurrency: environment.number("CONVERSATION_CONCURRENCY", 1..=1000),
            embeddings: EmbeddingSettings::read(&mut environment),
        };
        environment.check(config)
    }

    /// The model of queries and where the vectors of chunks are, unless embeddings are off.
    pub fn embedding(&self, aws: &SdkConfig) -> Option<Embedding> {
        let settings = self.embeddings.as_ref();
        settings.map(|settings| Embedding::new(settings, aws))
    }

    /// The tools this function comes with, and those of its servers, which are still to be listed.
    ///
    /// # Errors
    /// A tool's schema is no JSON Schema, or a policy cannot be followed.
    pub fn tools(
        &self,
        dynamodb: &DynamoDb,
        embedding: Option<Embedding>,
    ) -> Result<Registry, BadTool> {
        let mut search = SearchDocuments::new(dynamodb.clone(), &self.documents_table);
        if let Some(embedding) = embedding {
            search = search.embedding(embedding);
        }
        let mut tools = Registry::under(self.tool_policies.clone())
            .with(Calculator::new())?
            .with(search)?;
        if let Some(sites) = &self.http_fetch {
            tools = tools.with(HttpFetch::new(sites.clone()))?;
        }
        #[cfg(feature = "mcp")]
        for server in &self.mcp_servers {
            tools = tools.with_source(McpTools::new(server, self.tool_policies.clone()));
        }
        tools.complete()
    }

    /// The function: what its messages are put through.
    ///
    /// # Errors
    /// A setting that [`Config::read`] would not have let through.
    pub fn processor(
        &self,
        tools: Registry,
        store: impl IdempotencyStore,
        clients: &Clients,
    ) -> Result<BatchProcessor<ToolRequest, ToolExecutor>, ConfigError> {
        let results = ToolResultsTable::new(clients.dynamodb.clone(), &self.tool_results_table);
        let long_output = match &self.results_bucket {
            Some(bucket) => LongOutput::Bucket(clients.s3.clone(), bucket.clone()),
            None => LongOutput::Cut,
        };
        let mut executor = ToolExecutor::new(tools, results).long_output(long_output);
        if let Some(calls) = self.conversation_concurrency {
            executor = executor.per_conversation(calls);
        }
        if let Some(url) = &self.results_queue_url {
            executor = executor.results_queue(ResultsQueue::new(clients.sqs.clone(), url));
        }
        let key = |request: &ToolRequest| {
            (
                request.conversation_id.clone(),
                request.call.id().into_owned(),
            )
        };
        let asked = executor.clone();
        let idempotency = Idempotency::new(store, key)
            .namespace("tool-executor")
            // A call id that comes back with another call is a mistake, not a duplicate.
            .payload(|request: &ToolRequest| request.call.clone())
            .policy_by(executor.policy())
            .reconcile(move |request, context| {
                let executor = asked.clone();
                async move { executor.reconcile(request, context).await }
            });
        let builder = BatchProcessor::builder(executor);
        Ok(self
            .queue
            .apply(builder, &clients.sqs)
            .idempotency(idempotency)
            .build()?)
    }
}

fn sites(environment: &mut Environment<'_>) -> Option<Sites> {
    let hosts = environment.optional("HTTP_FETCH_ALLOWED_HOSTS")?;
    let mut sites = match Sites::parse(&hosts) {
        Ok(sites) => sites,
        Err(error) => {
            environment.problem(format!("HTTP_FETCH_ALLOWED_HOSTS: {error}"));
            return None;
        }
    };
    if let Some(ports) = environment.optional("HTTP_FETCH_ALLOWED_PORTS") {
        let parsed: Result<Vec<u16>, _> = ports.split(',').map(|it| it.trim().parse()).collect();
        match parsed {
            Ok(ports) => sites = sites.at_ports(ports),
            Err(_) => environment.problem(format!(
                "HTTP_FETCH_ALLOWED_PORTS is {ports:?}; set it to ports such as 80,443"
            )),
        }
    }
    Some(sites)
}

fn policies(environment: &mut Environment<'_>) -> ToolPolicies {
    let policies = environment.optional("TOOL_POLICIES");
    let parsed = policies.map(|json| json.parse()).transpose();
    parsed
        .map(Option::unwrap_or_default)
        .unwrap_or_else(|error: BadPolicy| {
            environment.problem(format!("TOOL_POLICIES: {error}"));
            ToolPolicies::default()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_fetched_only_where_sites_are_named() {
        let read = |hosts: &'static str| {
            Config::read(&move |name| {
                let value = match name {
                    "HTTP_FETCH_ALLOWED_HOSTS" => hosts,
                    "HTTP_FETCH_ALLOWED_PORTS" => "443, 8443",
                    _ => "table",
                };
                let is_read = name.starts_with("HTTP_FETCH") || name.ends_with("TABLE");
                is_read.then(|| value.to_owned())
            })
        };
        assert_eq!(read("").unwrap().http_fetch, None);
        let sites = Sites::parse("example.com")
            .unwrap()
            .at_ports(vec![443, 8443]);
        assert_eq!(read("example.com").unwrap().http_fetch, Some(sites));
        let EnvironmentError(problems) = read("*").unwrap_err();
        assert!(
            problems[0].starts_with("HTTP_FETCH_ALLOWED_HOSTS: \"*\""),
            "{problems:?}"
        );
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let EnvironmentError(problems) = Config::read(&|_| None).unwrap_err();
        let named = |name: &str| problems.iter().any(|problem| problem.starts_with(name));
        assert!(
            ["IDEMPOTENCY_TABLE", "DOCUMENTS_TABLE", "TOOL_RESULTS_TABLE"]
                .iter()
                .all(|name| named(name))
        );
        assert_eq!(problems.len(), 3);
    }
}
