//! Which URLs may be fetched.

use std::fmt;

use url::{Host, Url};

/// Hosts and ports that may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sites {
    hosts: Vec<Pattern>,
    ports: Vec<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    /// This host.
    Exactly(Host<String>),
    /// Every host below this domain, but not the domain itself.
    Below(String),
}

/// A list of sites that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a host such as example.com nor a pattern such as *.example.com")]
pub struct BadSite(String);

impl Sites {
    /// Reads hosts, separated by commas: `example.com, *.example.org`. Their ports are 80 and 443.
    ///
    /// # Errors
    /// The first that cannot be understood.
    pub fn parse(hosts: &str) -> Result<Self, BadSite> {
        let hosts = hosts.split(',').map(str::trim).filter(|it| !it.is_empty());
        Ok(Self {
            hosts: hosts.map(Pattern::parse).collect::<Result<_, _>>()?,
            ports: vec![80, 443],
        })
    }

    /// The same hosts at these ports.
    #[must_use]
    pub fn at_ports(self, ports: Vec<u16>) -> Self {
        Self { ports, ..self }
    }

    /// Host and port of a URL that may be fetched; otherwise what the model is told.
    pub(super) fn check(&self, url: &Url) -> Result<(Host<String>, u16), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("only http and https URLs can be fetched".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a URL with a user name or password is refused".to_owned());
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err("the URL has no host".to_owned());
        };
        let host = without_final_dot(host.to_owned());
        if !self.hosts.iter().any(|pattern| pattern.matches(&host)) {
            return Err(format!(
                "the host {host} is not allowed. Allowed are: {self}."
            ));
        }
        if !self.ports.contains(&port) {
            return Err(format!("the port {port} is not allowed"));
        }
        Ok((host, port))
    }
}

impl fmt::Display for Sites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pattern) in self.hosts.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            match pattern {
                Pattern::Exactly(host) => write!(f, "{separator}{host}")?,
                Pattern::Below(domain) => write!(f, "{separator}*.{domain}")?,
            }
        }
        Ok(())
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, BadSite> {
        let bad = || BadSite(text.to_owned());
        let (below, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        // The parser of URLs, so that both sides spell a host alike.
        let host = Host::parse(name).map(without_final_dot);
        match (below, host.map_err(|_| bad())?) {
            (_, Host::Domain(name)) if name.is_empty() || name.contains('*') => Err(bad()),
            (true, Host::Domain(name)) => Ok(Self::Below(name)),
            (true, _) => Err(bad()),
            (false, host) => Ok(Self::Exactly(host)),
        }
    }

    fn matches(&self, host: &Host<String>) -> bool {
        match (self, host) {
            (Self::Exactly(allowed), host) => allowed == host,
            (Self::Below(domain), Host::Domain(name)) => name
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.ends_with('.')),
            (Self::Below(_), _) => false,
        }
    }
}

/// `example.com.` is `example.com`, fully qualified.
fn without_final_dot(host: Host<String>) -> Host<String> {
    match host {
        Host::Domain(name) => {
            Host::Domain(name.strip_suffix('.').map(str::to_owned).unwrap_or(name))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<(), String> {
        let sites = Sites::parse("example.com, *.example.org, bücher.example, 127.0.0.1").unwrap();
        sites.check(&Url::parse(url).unwrap()).map(|_| ())
    }

    #[test]
    fn hosts_of_the_list_are_allowed_however_they_are_spelled() {
        for url in [
            "https://example.com/a?b#c",
            "http://EXAMPLE.com.",
            "https://example.com:443",
            "https://docs.example.org",
            "https://a.b.example.org",
            "https://xn--bcher-kva.example/",
            "http://0x7f.1/",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn other_hosts_schemes_ports_and_credentials_are_refused() {
        for (url, why) in [
            ("https://example.com.evil.net", "not allowed"),
            ("https://evilexample.com", "not allowed"),
            ("https://example.org", "not allowed"),
            ("https://evilexample.org", "not allowed"),
            ("https://sub.example.com", "not allowed"),
            ("https://example.com@evil.net", "user name"),
            ("https://user:secret@example.com", "user name"),
            ("https://evil.net#@example.com", "not allowed"),
            ("https://evil.net\\@example.com", "not allowed"),
            ("http://example.com:9001", "port 9001"),
            ("ftp://example.com", "only http"),
            ("file:///etc/passwd", "only http"),
            ("data:text/html,hi", "only http"),
        ] {
            let refused = check(url).unwrap_err();
            assert!(refused.contains(why), "{url}: {refused}");
        }
    }

    #[test]
    fn a_list_that_means_everything_is_refused() {
        for hosts in ["*", "*.", "a, *.*.com", "https://example.com", "*.10.0.0.1"] {
            assert!(Sites::parse(hosts).is_err(), "{hosts}");
        }
    }
}
