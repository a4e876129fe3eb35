//! Which servers there are.

use http::HeaderValue;
use lambda_queue::Environment;
use url::{Host, Url};

/// More would not be listed within a cold start.
const MAX_SERVERS: usize = 10;
/// Room for the names of tools: providers take up to 64 or 128 characters for both.
const MAX_NAME: usize = 24;

/// A server of the Model Context Protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct McpServer {
    /// What the names of its tools start with.
    pub name: String,
    /// Where it is.
    pub url: Url,
    /// `Bearer` and its token; marked as sensitive, so that `{:?}` does not show it.
    pub(super) authorization: Option<HeaderValue>,
}

impl McpServer {
    /// Reads `MCP_SERVERS`, `MCP_ALLOW_HTTP`, and for each server its `MCP_TOKEN_<NAME>`.
    ///
    /// What is wrong is told without the URLs, which may have secrets in them.
    pub fn read(environment: &mut Environment<'_>) -> Vec<Self> {
        let allow_http = allow_http(environment);
        let list = environment.optional("MCP_SERVERS").unwrap_or_default();
        let entries = list.split(',').map(str::trim).filter(|it| !it.is_empty());
        let mut servers: Vec<Self> = Vec::new();
        for (position, entry) in entries.enumerate() {
            let server = match Self::parse(entry, allow_http) {
                Ok(server) => server,
                Err(problem) => {
                    let position = position + 1;
                    environment.problem(format!("MCP_SERVERS, entry {position}: {problem}"));
                    continue;
                }
            };
            if servers.iter().any(|it| it.name == server.name) {
                let name = &server.name;
                environment.problem(format!("MCP_SERVERS has two servers named {name:?}"));
            }
            let authorization = token(&server.name, environment);
            servers.push(Self {
                authorization,
                ..server
            });
        }
        if servers.len() > MAX_SERVERS {
            environment.problem(format!("MCP_SERVERS has more than {MAX_SERVERS} servers"));
        }
        servers
    }

    fn parse(entry: &str, allow_http: bool) -> Result<Self, String> {
        // Whatever is before the first `=` may be part of a URL: it is not repeated.
        let (name, url) = entry.split_once('=').unwrap_or_default();
        let name = name.trim().to_owned();
        let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(is_part) {
            return Err(format!(
                "set it to a name of 1 to {MAX_NAME} of a-z, 0-9 and -, and a URL, such as \
                 crm=https://crm.example/mcp"
            ));
        }
        let url = Url::parse(url.trim()).map_err(|error| format!("{name} has no URL: {error}"))?;
        if url.host().is_none() {
            return Err(format!("the URL of {name} has no host"));
        }
        match url.scheme() {
            "https" => {}
            "http" if allow_http || is_loopback(&url) => {}
            "http" => {
                return Err(format!(
                    "the URL of {name} must start with https; MCP_ALLOW_HTTP=true allows http \
                     within a network that nobody else listens to"
                ));
            }
            _ => return Err(format!("the URL of {name} must start with https")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!(
                "the URL of {name} has a user name or password; put a token into {}",
                variable(&name)
            ));
        }
        Ok(Self {
            name,
            url,
            authorization: None,
        })
    }
}

fn allow_http(environment: &mut Environment<'_>) -> bool {
    match environment.optional("MCP_ALLOW_HTTP").as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            environment.problem(format!(
                "MCP_ALLOW_HTTP is {other:?}; set it to true or false"
            ));
            false
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn variable(name: &str) -> String {
    format!("MCP_TOKEN_{}", name.to_ascii_uppercase().replace('-', "_"))
}

fn token(name: &str, environment: &mut Environment<'_>) -> Option<HeaderValue> {
    let variable = variable(name);
    let token = environment.optional(&variable)?;
    match HeaderValue::try_from(format!("Bearer {}", token.trim())) {
        Ok(mut value) => {
            value.set_sensitive(true);
            Some(value)
        }
        Err(_) => {
            environment.problem(format!(
                "{variable} has characters that no HTTP header can have"
            ));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use lambda_queue::EnvironmentError;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Vec<McpServer>, EnvironmentError> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(it, _)| *it == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut environment = Environment::new(&lookup);
        let servers = McpServer::read(&mut environment);
        environment.check(servers)
    }

    #[test]
    fn servers_have_names_and_tokens_of_their_own() {
        let servers = read(&[
            (
                "MCP_SERVERS",
                "crm=https://crm.example/mcp?a=b, my-docs = http://127.0.0.1:9000/mcp,",
            ),
            ("MCP_TOKEN_MY_DOCS", "secret-token\n"),
        ])
        .unwrap();
        assert_eq!(servers[0].name, "crm");
        assert_eq!(servers[0].url.as_str(), "https://crm.example/mcp?a=b");
        assert_eq!(servers[0].authorization, None);
        assert_eq!(servers[1].name, "my-docs");
        assert_eq!(
            servers[1].authorization.as_ref().unwrap(),
            "Bearer secret-token"
        );
        assert!(!format!("{servers:?}").contains("secret-token"));
        assert_eq!(read(&[]), Ok(Vec::new()));
    }

    #[test]
    fn http_is_for_this_machine_unless_it_is_allowed() {
        for url in ["http://localhost/mcp", "http://[::1]:1/", "http://127.1/"] {
            assert!(
                read(&[("MCP_SERVERS", &format!("a={url}"))]).is_ok(),
                "{url}"
            );
        }
        let elsewhere = ("MCP_SERVERS", "a=http://mcp.internal/");
        assert!(read(&[elsewhere]).is_err());
        assert!(read(&[elsewhere, ("MCP_ALLOW_HTTP", "false")]).is_err());
        assert!(read(&[elsewhere, ("MCP_ALLOW_HTTP", "true")]).is_ok());
    }

    #[test]
    fn what_is_wrong_is_said_without_secrets() {
        for (servers, why) in [
            ("https://x/hush", "a name of 1 to 24"),
            ("https://x/?hush=1", "a name of 1 to 24"),
            ("CRM=https://x/hush", "a name of 1 to 24"),
            ("a__b=https://x/hush", "a name of 1 to 24"),
            ("a=x/hush", "a has no URL"),
            ("a=http://x/hush", "must start with https"),
            ("a=ftp://x/hush", "must start with https"),
            ("a=https://hush@x/", "put a token into MCP_TOKEN_A"),
            ("a=https://x/hush,a=https://y/hush", "two servers named"),
        ] {
            let EnvironmentError(problems) = read(&[("MCP_SERVERS", servers)]).unwrap_err();
            assert!(problems[0].contains(why), "{problems:?}");
            assert!(!problems[0].contains("hush"), "{problems:?}");
        }
        let token = [("MCP_SERVERS", "a=https://x"), ("MCP_TOKEN_A", "hu\nsh")];
        let EnvironmentError(problems) = read(&token).unwrap_err();
        assert!(problems[0].starts_with("MCP_TOKEN_A has"), "{problems:?}");
    }
}
