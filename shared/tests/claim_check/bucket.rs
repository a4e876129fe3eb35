//! S3 as the client sees it: objects by their path.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_http_client::test_util::infallible_client_fn;

/// Objects, and the requests there were.
#[derive(Clone, Default)]
pub struct S3 {
    objects: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    requests: Arc<Mutex<Vec<String>>>,
    /// Whether it says how large an object is before sending it.
    announces: bool,
    is_overloaded: bool,
}

impl S3 {
    pub fn announcing(announces: bool) -> Self {
        Self {
            announces,
            ..Self::default()
        }
    }

    pub fn overloaded(is_overloaded: bool) -> Self {
        Self {
            is_overloaded,
            ..Self::default()
        }
    }

    pub fn put(&self, path: &str, content: impl Into<Vec<u8>>) {
        let mut objects = self.objects.lock().unwrap();
        objects.insert(path.to_owned(), content.into());
    }

    pub fn paths(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    /// Method and path of each.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub fn client(&self) -> Client {
        let s3 = self.clone();
        let http = infallible_client_fn(move |request| s3.answer(&request));
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(Credentials::for_tests())
            .force_path_style(true)
            .http_client(http)
            .build();
        Client::from_conf(config)
    }

    fn answer(
        &self,
        request: &http::Request<aws_smithy_types::body::SdkBody>,
    ) -> http::Response<aws_smithy_types::body::SdkBody> {
        let (method, path) = (request.method().as_str(), request.uri().path());
        self.requests
            .lock()
            .unwrap()
            .push(format!("{method} {path}"));
        let mut objects = self.objects.lock().unwrap();
        let answer = |status: u16, body: Vec<u8>| {
            let response = http::Response::builder().status(status);
            response.body(body.into()).unwrap()
        };
        let error = |status, code: &str| {
            answer(
                status,
                format!("<Error><Code>{code}</Code></Error>").into_bytes(),
            )
        };
        if self.is_overloaded {
            return error(503, "SlowDown");
        }
        match method {
            "PUT" => {
                let body = request.body().bytes().unwrap().to_vec();
                objects.insert(path.to_owned(), body);
                answer(200, Vec::new())
            }
            "DELETE" => {
                objects.remove(path);
                answer(204, Vec::new())
            }
            _ => match objects.get(path) {
                None => error(404, "NoSuchKey"),
                Some(object) => {
                    let mut response = answer(200, object.clone());
                    if self.announces {
                        let length = object.len().into();
                        response.headers_mut().insert("content-length", length);
                    }
                    response
                }
            },
        }
    }
}
