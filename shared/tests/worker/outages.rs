//! SQS is out of reach.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lambda_queue::Clock;
use lambda_queue::worker::{Worker, WorkerError};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::endpoint::{Queues, client, until};
use crate::running::{Running, Seen, builder};

/// The first line of the health endpoint's answer.
async fn health(address: std::net::SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET /health HTTP/1.1\r\nHost: worker\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap().to_owned()
}

async fn until_healthy(address: std::net::SocketAddr, status: &str) {
    let waiting = async {
        while !health(address).await.contains(status) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_worker_survives_a_restart_of_its_endpoint_and_is_unhealthy_meanwhile() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 30);
    let endpoint = queues.serve().await;
    let address = endpoint.address;
    let (seen, finish) = (Seen::default(), Arc::new(AtomicBool::new(false)));
    let handler = {
        let (seen, finish) = (seen.clone(), Arc::clone(&finish));
        move |body: String, _| {
            seen.note(body);
            let finish = Arc::clone(&finish);
            async move {
                until(|| finish.load(Ordering::SeqCst)).await;
                Ok(())
            }
        }
    };
    queues.send(&url, &json!("before"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ask = listener.local_addr().unwrap();
    let processor = builder(handler).build().unwrap();
    let worker = Worker::new(processor, endpoint.client(), &url);
    let worker = Running::start(worker.health(listener));
    until(|| seen.count() == 1).await;
    until_healthy(ask, "200").await;
    drop(endpoint);
    until_healthy(ask, "503").await;
    // Finished while nobody can be told.
    finish.store(true, Ordering::SeqCst);
    queues.send(&url, &json!("after"));
    let _endpoint = queues.serve_at(address).await;
    queues.emptied(&url).await;
    until_healthy(ask, "200").await;
    worker.stop().await;
    assert_eq!(seen.all(), ["before", "after"]);
}

#[tokio::test]
async fn a_worker_waits_for_an_endpoint_that_comes_late() {
    let queues = Queues::new(Clock::system());
    let url = queues.create("orders", 30);
    let address = queues.serve().await.address;
    queues.send(&url, &json!("early"));
    let seen = Seen::default();
    let handler = {
        let seen = seen.clone();
        move |body: String, _| {
            seen.note(body);
            async { Ok(()) }
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ask = listener.local_addr().unwrap();
    let processor = builder(handler).build().unwrap();
    let worker = Worker::new(processor, client(address), &url).health(listener);
    let worker = Running::start(worker);
    until_healthy(ask, "503").await;
    let _endpoint = queues.serve_at(address).await;
    queues.emptied(&url).await;
    worker.stop().await;
    assert_eq!(seen.all(), ["early"]);
}

#[tokio::test]
async fn a_queue_that_does_not_exist_is_an_error_at_the_start() {
    let queues = Queues::new(Clock::system());
    let endpoint = queues.serve().await;
    let processor = builder(|_: String, _| async { Ok(()) }).build().unwrap();
    let url = "http://sqs/123456789012/nothing";
    let ended = Worker::new(processor, endpoint.client(), url).run().await;
    let error = ended.unwrap_err();
    assert!(matches!(error, WorkerError::NoQueue(_)));
    assert_eq!(
        error.to_string(),
        "there is no queue http://sqs/123456789012/nothing; check the URL, and the region and \
         account it names"
    );
}
