//! `http_fetch` against a real web server, and everything that is done to fetch more than allowed.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod network;
mod secure;
mod site;

use network::TestNetwork;
use serde_json::json;
use tool_executor::{Call, HttpFetch, Registry, Sites, Status, ToolCall, ToolResult};

const PUBLIC: &str = "93.184.216.34";
const PUBLIC_6: &str = "2606:2800:220:1::1";

/// `site.test` is public, and every address in the list is allowed by name: what is refused then
/// is refused for where it leads.
const SITES: &str = "site.test, *.site.test, 127.0.0.1, 0.0.0.0, 169.254.169.254, 169.254.170.2, \
    10.0.0.1, [::1], [::ffff:127.0.0.1], [::ffff:169.254.169.254], [fd00:ec2::254], \
    [64:ff9b::169.254.169.254], [2002:7f00:1::]";

struct Fetching {
    registry: Registry,
    network: TestNetwork,
}

impl Fetching {
    async fn start(names: impl Fn(TestNetwork) -> TestNetwork) -> Self {
        let network = TestNetwork::to(site::start().await).name("site.test", &[&[PUBLIC]]);
        Self::over(names(network))
    }

    fn over(network: TestNetwork) -> Self {
        let sites = Sites::parse(SITES).unwrap().at_ports(vec![80, 443, 9001]);
        let tool = HttpFetch::over(network.clone(), sites);
        Self {
            registry: Registry::new().with(tool).unwrap(),
            network,
        }
    }

    async fn fetch(&self, url: &str) -> ToolResult {
        let call =
            json!({"type": "tool_use", "id": "1", "name": "http_fetch", "input": {"url": url}});
        let call: Call = serde_json::from_value(call).unwrap();
        self.registry.run(ToolCall::from(call)).await.unwrap()
    }

    async fn refused(&self, url: &str, why: &str) {
        let result = self.fetch(url).await;
        assert_eq!(result.status, Status::Failed, "{url}: {}", result.content);
        assert!(result.content.contains(why), "{url}: {}", result.content);
        assert!(result.content.len() < 1000, "{url}");
    }
}

async fn fetching() -> Fetching {
    Fetching::start(|network| network).await
}

#[tokio::test]
async fn html_becomes_markdown_and_text_and_json_stay_as_they_are() {
    let fetching = fetching().await;
    for (path, expected) in [
        ("page", "# Refunds\n\nWithin **30** days."),
        ("json", "{\"a\": [1, 2]}"),
        ("text", "plain & simple"),
    ] {
        let url = format!("http://site.test/{path}");
        let result = fetching.fetch(&url).await;
        assert_eq!(result.status, Status::Succeeded, "{}", result.content);
        assert_eq!(result.content, format!("{url}\n\n{expected}"));
    }
}

#[tokio::test]
async fn a_page_is_decoded_by_its_charset_and_says_so_where_it_is_not_of_it() {
    let fetching = fetching().await;
    for (path, expected) in [
        ("latin", "café"),
        ("meta", "€ 5"),
        ("marked", "Hi"),
        (
            "broken",
            "caf\u{fffd} \u{fffd}\n\n[some bytes of the page are not UTF-8; each \u{fffd} stands for \
             some of them]",
        ),
    ] {
        let url = format!("http://site.test/{path}");
        let result = fetching.fetch(&url).await;
        assert_eq!(result.status, Status::Succeeded, "{}", result.content);
        assert_eq!(result.content, format!("{url}\n\n{expected}"));
    }
}

#[tokio::test]
async fn a_request_carries_its_host_and_nothing_of_the_function() {
    let fetching = fetching().await;
    let result = fetching.fetch("http://SITE.test:80/headers?a=b#c").await;
    assert_eq!(
        result.content.split_once("\n\n").unwrap().1,
        "/headers?a=b\n\
         host: site.test\n\
         user-agent: lambda-queue-tool-executor\n\
         accept: text/html, text/markdown, application/json, text/*;q=0.8\n\
         accept-encoding: identity\n"
    );
}

#[tokio::test]
async fn what_is_no_readable_page_is_an_error_result() {
    let fetching = fetching().await;
    for (path, why) in [
        ("image", "type `image/png`"),
        ("klingon", "encoded as `klingon`, which is not known"),
        ("packed", "compressed"),
        ("nothing-here", "404 Not Found"),
        ("deep", "nested"),
    ] {
        fetching
            .refused(&format!("http://site.test/{path}"), why)
            .await;
    }
    fetching.refused("no url", "no URL").await;
    fetching
        .refused("http://other.test/", "not allowed. Allowed are: site.test")
        .await;
    fetching
        .refused("http://unknown.site.test/", "cannot be found")
        .await;
}

#[tokio::test]
async fn redirects_are_followed_from_allowed_site_to_allowed_site() {
    let fetching = Fetching::start(|it| it.name("docs.site.test", &[&[PUBLIC_6]])).await;
    let result = fetching
        .fetch("http://site.test/redirect?to=//docs.site.test/redirect?to=/text")
        .await;
    assert_eq!(
        result.content,
        "http://docs.site.test/text\n\nplain & simple"
    );
    let docs = format!("[{PUBLIC_6}]:80");
    assert_eq!(
        fetching.network.connections(),
        [format!("{PUBLIC}:80"), docs.clone(), docs]
    );
}

#[tokio::test]
async fn a_redirect_is_checked_like_the_first_url() {
    let fetching = fetching().await;
    for (to, why) in [
        ("http://169.254.169.254/latest/meta-data/", "not public"),
        ("http://169.254.170.2/v2/credentials", "not public"),
        (
            "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
            "not public",
        ),
        ("http://[::ffff:127.0.0.1]:9001/", "not public"),
        ("http://[::ffff:7f00:1]/", "not public"),
        ("http://[::ffff:169.254.169.254]/", "not public"),
        ("http://[64:ff9b::a9fe:a9fe]/", "not public"),
        ("http://[2002:7f00:1::]/", "not public"),
        ("http://[fd00:ec2::254]/", "not public"),
        ("http://[::1]/", "not public"),
        ("http://evil.test/", "not allowed"),
        ("http://site.test:22/", "port 22"),
        ("http://user:secret@site.test/", "user name"),
        ("file:///proc/self/environ", "only http"),
    ] {
        let redirect = format!("http://site.test/redirect?to={to}");
        fetching.refused(&redirect, why).await;
        fetching.refused(to, why).await;
    }
    let connections = fetching.network.connections();
    assert!(
        connections.iter().all(|it| *it == format!("{PUBLIC}:80")),
        "{connections:?}"
    );
}

#[tokio::test]
async fn addresses_spelled_in_other_ways_are_the_same_addresses() {
    let fetching = fetching().await;
    for host in [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "127.1",
        "0",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "１２７.0.0.1",
        "127.0.0.1.",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "10.1",
    ] {
        fetching
            .refused(&format!("http://{host}/"), "not public")
            .await;
    }
    assert!(fetching.network.connections().is_empty());
}

#[tokio::test]
async fn a_name_with_one_address_that_is_not_public_is_refused_whole() {
    let private: [&[&str]; 5] = [
        &["127.0.0.1"],
        &[PUBLIC, "10.0.0.7"],
        &["169.254.169.254", PUBLIC],
        &[PUBLIC, "::ffff:127.0.0.1"],
        &["fd00:ec2::254"],
    ];
    for addresses in private {
        let fetching = Fetching::start(|it| it.name("a.site.test", &[addresses])).await;
        fetching
            .refused("http://a.site.test/page", "not public")
            .await;
        assert!(fetching.network.connections().is_empty());
    }
}

#[tokio::test]
async fn a_name_that_changes_its_address_after_the_check_gains_nothing() {
    let answers: [&[&str]; 2] = [&[PUBLIC], &["127.0.0.1"]];
    let public = [format!("{PUBLIC}:80")];
    // One fetch: the address that was checked is the one connected to.
    let fetching = Fetching::start(|it| it.name("a.site.test", &answers)).await;
    let result = fetching.fetch("http://a.site.test/text").await;
    assert_eq!(result.status, Status::Succeeded);
    assert_eq!(fetching.network.connections(), public);
    // And the next is checked anew, be it by a redirect.
    fetching
        .refused("http://a.site.test/text", "not public")
        .await;
    let fetching = Fetching::start(|it| it.name("a.site.test", &answers)).await;
    fetching
        .refused("http://a.site.test/redirect?to=/text", "not public")
        .await;
    assert_eq!(fetching.network.connections(), public);
}

#[tokio::test]
async fn redirects_in_a_circle_end_after_five() {
    let fetching = fetching().await;
    fetching
        .refused("http://site.test/loop", "more than 5 redirects")
        .await;
    assert_eq!(fetching.network.connections().len(), 6);
}

#[tokio::test]
async fn a_body_without_an_end_is_refused_at_its_limit() {
    fetching()
        .await
        .refused("http://site.test/endless", "more than 2097152 bytes")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_go_on_is_given_up() {
    let fetching = fetching().await;
    for path in ["silent", "stalls"] {
        let result = fetching.fetch(&format!("http://site.test/{path}")).await;
        assert_eq!(result.status, Status::TimedOut, "{}", result.content);
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = secure::start("site.test").await;
    let fetching = Fetching::over(TestNetwork::to(server).name("site.test", &[&[PUBLIC]]));
    fetching
        .refused("https://site.test/page", "invalid peer certificate")
        .await;
}

#[tokio::test]
async fn a_server_without_tls_is_not_asked_in_plain_text_instead() {
    let fetching = fetching().await;
    fetching
        .refused("https://site.test/page", "no secure connection")
        .await;
}
