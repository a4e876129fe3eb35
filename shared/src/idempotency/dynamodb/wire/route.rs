//! Where requests go, whose they are, and what carries them.

use std::sync::{Arc, OnceLock};

use aws_sdk_dynamodb::Client;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthScheme as _;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector as _, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::identity::{
    Identity, ResolveCachedIdentity as _, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use http::Request;
use http::header::{CONTENT_TYPE, USER_AGENT};

use super::error::WireError;
use super::limits::Limits;

const TARGET: &str = "DynamoDB_20120810";
const JSON: &str = "application/x-amz-json-1.0";
const AGENT: &str = concat!("lambda-queue/", env!("CARGO_PKG_VERSION"));

#[derive(Clone, Debug)]
pub(super) struct Route {
    url: String,
    connector: SharedHttpConnector,
    components: RuntimeComponents,
    identities: SharedIdentityResolver,
    region: SigningRegion,
    service: SigningName,
    pub(super) limits: Arc<Limits>,
}

impl Route {
    /// The route that a client takes to a table.
    ///
    /// A client does not tell; so it is made to prepare a request, and is stopped before it signs and sends it.
    ///
    /// # Errors
    /// It gets no further than that: it has no credentials or no Region.
    pub(super) async fn of(client: &Client, table: &str) -> Result<Self, WireError> {
        let seen = Arc::new(OnceLock::new());
        let request = client.update_item().table_name(table).customize();
        let stopped = request.interceptor(Stop(Arc::clone(&seen))).send().await;
        match (seen.get(), stopped) {
            (Some(route), _) => Ok(Route::clone(route)),
            (None, Err(error)) => Err(WireError::unsent(error)),
            (None, Ok(_)) => Err(WireError::unsent(
                "the client cannot be asked for its route",
            )),
        }
    }

    fn seen(
        url: &str,
        components: &RuntimeComponents,
        settings: &ConfigBag,
    ) -> Result<Self, BoxError> {
        let timeouts = settings.load::<TimeoutConfig>().cloned();
        let timeouts = timeouts.unwrap_or_else(TimeoutConfig::disabled);
        let retries = settings.load::<RetryConfig>().cloned();
        let mut connection = HttpConnectorSettings::builder();
        connection
            .set_connect_timeout(timeouts.connect_timeout())
            .set_read_timeout(timeouts.read_timeout());
        let connection = connection.build();
        let http = components.http_client().ok_or("no HTTP client")?;
        let scheme = components.auth_scheme(aws_runtime::auth::sigv4::SCHEME_ID);
        let scheme = scheme.ok_or("no signatures of version 4")?;
        Ok(Self {
            url: url.to_owned(),
            connector: http.http_connector(&connection, components),
            components: components.clone(),
            identities: scheme
                .identity_resolver(components)
                .ok_or("no credentials")?,
            region: settings
                .load::<SigningRegion>()
                .cloned()
                .ok_or("no Region")?,
            service: settings
                .load::<SigningName>()
                .cloned()
                .ok_or("no service")?,
            limits: Arc::new(Limits {
                timeouts,
                retries: retries.unwrap_or_else(RetryConfig::standard),
                sleep: components.sleep_impl().ok_or("no timers")?,
            }),
        })
    }

    /// Sends a request once.
    ///
    /// # Errors
    /// It is refused, not answered, or not even sent.
    pub(super) async fn send(&self, operation: &str, body: &[u8]) -> Result<Vec<u8>, WireError> {
        let identity = self.identity().await.map_err(WireError::unsent)?;
        let signed = self.signed(operation, body, &identity);
        let request = signed.map_err(WireError::unsent)?;
        let unanswered = |error: BoxError| WireError::Unanswered(error);
        let answer = self.connector.call(request).await;
        let answer = answer.map_err(|error| unanswered(error.into()))?;
        let status = answer.status();
        let body = ByteStream::new(answer.into_body()).collect().await;
        let body = body.map_err(|error| unanswered(error.into()))?.to_vec();
        if status.is_success() {
            return Ok(body);
        }
        Err(WireError::refused(status.as_u16(), body))
    }

    async fn identity(&self) -> Result<Identity, BoxError> {
        let cache = self.components.identity_cache();
        let (whose, settings) = (self.identities.clone(), ConfigBag::base());
        cache
            .resolve_cached_identity(whose, &self.components, &settings)
            .await
    }

    fn signed(
        &self,
        operation: &str,
        body: &[u8],
        identity: &Identity,
    ) -> Result<HttpRequest, BoxError> {
        let target = format!("{TARGET}.{operation}");
        let headers = [(CONTENT_TYPE.as_str(), JSON), ("x-amz-target", &target)];
        let now = self.components.time_source().ok_or("no clock")?.now();
        let params = v4::SigningParams::builder()
            .identity(identity)
            .region(self.region.as_ref())
            .name(self.service.as_ref())
            .time(now)
            .settings(SigningSettings::default())
            .build()?;
        let signable = SignableBody::Bytes(body);
        let signable = SignableRequest::new("POST", &self.url, headers.into_iter(), signable)?;
        let (instructions, _) = sign(signable, &params.into())?.into_parts();
        let mut request = Request::post(&self.url).header(USER_AGENT, AGENT);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(SdkBody::from(body))?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request.try_into()?)
    }
}

/// Takes down the route of a request that is about to be signed, and stops it.
#[derive(Debug)]
struct Stop(Arc<OnceLock<Route>>);

#[dyn_dispatch_hint]
impl Intercept for Stop {
    fn name(&self) -> &'static str {
        "Stop"
    }

    fn read_before_signing(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let route = Route::seen(context.request().uri(), components, settings)?;
        // The first to be seen is as good as any other.
        let _ = self.0.set(route);
        Err("seen".into())
    }
}
