//! Whole simulations, small enough for tests.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails by panicking"
)]

use lambda_queue_simulator::mapping::MappingConfig;
use proptest::prelude::*;

use super::clock::Span;
use super::durations::Durations;
use super::handlers::Handlers;
use super::load::{Burst, Curve, Load};
use super::quotas::quotas;
use super::recovery::recoveries;
use super::samples::Run;
use super::world::{Setup, simulate};
use crate::cost::feed::{Architecture, Encryption, Feed};

fn feed() -> Feed {
    Feed {
        function: "OrdersFunction".into(),
        queue: "OrdersQueue".into(),
        fifo: false,
        high_throughput: false,
        encryption: Encryption::Sqs,
        key_reuse_s: 300,
        visibility_s: 60,
        retention_s: 345_600,
        delay_s: 0,
        receive_wait_s: 20,
        max_receive_count: Some(3),
        memory_mb: 512,
        architecture: Architecture::Arm64,
        timeout_s: 10,
        reserved_concurrency: None,
        mapping: MappingConfig {
            function_response_types: vec!["ReportBatchItemFailures".into()],
            ..MappingConfig::default()
        },
        has_store: true,
        backoff_s: None,
    }
}

fn handlers() -> Handlers {
    Handlers {
        durations: Durations::Constant(200.0),
        failure_rate: 0.0,
        poison_rate: 0.0,
        duplicate_rate: 0.0,
        lanes: 10,
        backoff_s: None,
    }
}

fn load(rate: f64, seconds: u64) -> Load {
    Load {
        curve: Curve::constant(rate),
        bursts: Vec::new(),
        outages: Vec::new(),
        span: Span::new(0, seconds * 1_000),
    }
}

fn run(feed: &Feed, load: &Load, handlers: &Handlers) -> Run {
    thinned(feed, load, handlers, 1)
}

fn thinned(feed: &Feed, load: &Load, handlers: &Handlers, share: u32) -> Run {
    let setup = Setup {
        feed,
        load,
        handlers,
        share,
        groups: 20,
        concurrency: 1_000,
        size: 1_000,
        seed: 7,
    };
    simulate(&setup).unwrap()
}

#[test]
fn a_quiet_load_is_handled_as_it_comes() {
    let run = run(&feed(), &load(5.0, 300), &handlers());
    let totals = run.totals;
    assert!((1_300..1_700).contains(&totals.sent), "{totals:?}");
    assert_eq!(totals.dead_lettered + totals.visibility_expiries, 0);
    assert!(totals.waiting < 10, "{totals:?}");
    let (oldest, _) = run.peak(|it| it.oldest_ms);
    assert!(oldest < 2_000, "{oldest}");
}

#[test]
fn a_thinned_load_comes_to_what_the_whole_does() {
    let mut load = load(200.0, 600);
    load.bursts = vec![Burst {
        rate: 800.0,
        span: Span::new(120_000, 180_000),
    }];
    let mut feed = feed();
    feed.mapping.maximum_concurrency = Some(100);
    // One message at a time, so that a burst is more than the mapping can take.
    feed.mapping.batch_size = 1;
    let whole = run(&feed, &load, &handlers());
    let tenth = thinned(&feed, &load, &handlers(), 10);
    let near = |of: fn(&Run) -> u64| {
        let (whole, tenth) = (of(&whole) as f64, of(&tenth) as f64);
        let error = (tenth / whole - 1.0).abs();
        assert!(error < 0.15, "{whole} and {tenth}");
    };
    near(|it| it.totals.sent);
    near(|it| it.totals.completed);
    near(|it| it.peak(|it| it.visible).0);
    near(|it| it.peak(|it| it.concurrency).0);
    near(|it| it.peak(|it| it.oldest_ms).0);
    near(|it| it.peak(|it| it.writes).0);
}

#[test]
fn a_burst_is_over_when_no_more_wait_than_before() {
    let mut load = load(20.0, 600);
    load.bursts = vec![Burst {
        rate: 200.0,
        span: Span::new(200_000, 230_000),
    }];
    let mut feed = feed();
    feed.mapping.batch_size = 1;
    feed.mapping.maximum_concurrency = Some(10);
    let run = run(&feed, &load, &handlers());
    // 50 a second are done, 220 come for 30 s: 5,100 are left, which go at 30 a second: 170 s.
    let [burst] = &recoveries(&load, &run)[..] else {
        unreachable!("one burst")
    };
    assert!((4_300..5_900).contains(&burst.backlog), "{burst:?}");
    let drained = burst.drained_ms.unwrap();
    assert!((140_000..210_000).contains(&drained), "{burst:?}");
}

#[test]
fn an_outage_longer_than_its_receives_ends_in_the_dead_letter_queue() {
    let mut load = load(2.0, 1_200);
    load.outages = vec![Span::new(100_000, 700_000)];
    let short = run(&feed(), &load, &handlers());
    // Three receives of 60 s each: all that came in the first minutes is given up.
    assert!(short.totals.dead_lettered > 500, "{:?}", short.totals);
    let patient = Feed {
        max_receive_count: Some(20),
        ..feed()
    };
    let patient = run(&patient, &load, &handlers());
    assert_eq!(patient.totals.dead_lettered, 0);
}

#[test]
fn what_the_account_does_not_leave_is_throttled() {
    let (feed, load, handlers) = (feed(), load(50.0, 120), handlers());
    let setup = Setup {
        feed: &feed,
        load: &load,
        handlers: &handlers,
        share: 1,
        groups: 1,
        concurrency: 2,
        size: 1_000,
        seed: 7,
    };
    let run = simulate(&setup).unwrap();
    assert!(run.totals.throttles > 0);
    assert_eq!(run.peak(|it| it.concurrency).0, 2);
    let first = &quotas(&setup, &run)[0];
    assert_eq!(first.name, "Lambda concurrency of the account");
}

#[test]
fn a_handler_slower_than_the_visibility_timeout_gets_messages_twice() {
    let slow = Handlers {
        durations: Durations::Constant(9_000.0),
        lanes: 1,
        ..handlers()
    };
    let feed = Feed {
        visibility_s: 60,
        timeout_s: 600,
        ..feed()
    };
    let mut load = load(5.0, 600);
    load.span = Span::new(0, 900_000);
    // Ten messages one after the other take 90 s. Lambda refuses such a mapping.
    let refused = simulate(&Setup {
        feed: &feed,
        load: &load,
        handlers: &slow,
        share: 1,
        groups: 1,
        concurrency: 10,
        size: 1_000,
        seed: 7,
    });
    let error = refused.unwrap_err().to_string();
    assert!(
        error.contains("Queue visibility timeout: 60 seconds is less"),
        "{error}"
    );
    // With a window as long as the visibility timeout it takes it, and messages come twice.
    let mut feed = Feed {
        visibility_s: 20,
        timeout_s: 10,
        ..feed
    };
    feed.mapping.window_seconds = 30;
    feed.mapping.batch_size = 1_000;
    let run = run(&feed, &load, &handlers());
    assert!(run.totals.visibility_expiries > 100, "{:?}", run.totals);
    let known = run.totals.completed + run.totals.dead_lettered + run.totals.waiting;
    assert_eq!(run.totals.sent, known);
}

#[test]
fn messages_that_are_sent_twice_are_dropped_by_fifo_and_replayed_otherwise() {
    let twice = Handlers {
        duplicate_rate: 0.5,
        ..handlers()
    };
    let standard = run(&feed(), &load(10.0, 300), &twice);
    assert_eq!(standard.totals.deduplicated, 0);
    let fifo = Feed {
        fifo: true,
        ..feed()
    };
    let fifo = run(&fifo, &load(10.0, 300), &twice);
    assert!(fifo.totals.deduplicated > 1_000, "{:?}", fifo.totals);
    assert!(standard.totals.sent > fifo.totals.sent);
}

#[test]
fn poison_is_dead_lettered_after_its_receives() {
    let poisoned = Handlers {
        poison_rate: 0.1,
        ..handlers()
    };
    let run = run(&feed(), &load(5.0, 600), &poisoned);
    let share = run.totals.dead_lettered as f64 / run.totals.sent as f64;
    assert!((0.04..0.12).contains(&share), "{:?}", run.totals);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_message_sent_is_completed_dead_lettered_or_waiting(
        (rate, failure, poison, duplicate) in (1.0..60.0, 0.0..0.5, 0.0..0.2, 0.0..0.3),
        (fifo, batch, reports, share) in (any::<bool>(), 1_u32..=10, any::<bool>(), 1_u32..4),
        outage in any::<bool>(),
    ) {
        let mut feed = Feed { fifo, visibility_s: 10, ..feed() };
        feed.mapping.batch_size = batch;
        if !reports {
            feed.mapping.function_response_types.clear();
        }
        let handlers = Handlers {
            failure_rate: failure,
            poison_rate: poison,
            duplicate_rate: duplicate,
            ..handlers()
        };
        let mut load = load(rate, 60);
        load.bursts = vec![Burst { rate: 50.0, span: Span::new(20_000, 25_000) }];
        load.outages = outage.then(|| Span::new(30_000, 40_000)).into_iter().collect();
        let run = thinned(&feed, &load, &handlers, share);
        let totals = run.totals;
        let known = totals.completed + totals.dead_lettered + totals.expired + totals.waiting;
        prop_assert_eq!(totals.sent, known, "{:?}", totals);
        // And the same again.
        prop_assert_eq!(run, thinned(&feed, &load, &handlers, share));
    }
}
