//! What must hold for any workload.

use proptest::prelude::*;

use super::*;

fn workloads() -> impl Strategy<Value = Workload> {
    let counts = (0.0..1e11, 1_u64..1_048_576, 1_u64..60_000, 1_u64..20);
    let rates = (0.0..1.0, 0.0..1.0);
    let ways = (1_u64..=10, any::<bool>(), 0_u64..5, 0_u64..10_000);
    (counts, rates, ways).prop_map(|(counts, rates, ways)| Workload {
        size: counts.1,
        duration: Duration::from_millis(counts.2),
        handlers: counts.3,
        retry_rate: rates.0,
        duplicate_rate: rates.1,
        send_batch: ways.0,
        records: Some(ways.1),
        effects: ways.2,
        record_bytes: ways.3,
        batch_fill: None,
        log_per_message: 300,
        log_per_invocation: 1_000,
        ..workload(counts.0)
    })
}

fn feeds() -> impl Strategy<Value = Feed> {
    let choices = (any::<bool>(), any::<bool>(), any::<bool>());
    (choices, 1_u32..=10, 0_u32..=5, 2_u32..50).prop_map(|(choices, batch, window, most)| {
        let mut feed = feed();
        feed.fifo = choices.0;
        feed.mapping.batch_size = batch;
        feed.mapping.window_seconds = if choices.0 { 0 } else { window };
        feed.mapping.maximum_concurrency = choices.1.then_some(most);
        feed.architecture = match choices.2 {
            true => Architecture::Arm64,
            false => Architecture::X86,
        };
        feed
    })
}

proptest! {
    #[test]
    fn more_messages_never_cost_less(feed in feeds(), month in workloads(), more in 1.0..10.0_f64) {
        // With a given fill: where it is estimated, ten times the messages may fill batches that
        // were empty, and idle polls go away.
        let month = Workload { batch_fill: Some(3.0), ..month };
        let larger = Workload { messages: month.messages * more, ..month.clone() };
        let idle = |bill: &Bill| line(bill, "SQS idle polling").1;
        let (few, many) = (billed(feed.clone(), month), billed(feed, larger));
        let (few, many) = (few.total - idle(&few), many.total - idle(&many));
        prop_assert!(many >= few - 1.0 - few * 1e-9, "{few} then {many}");
    }

    #[test]
    fn every_number_of_a_bill_is_a_number_from_zero(feed in feeds(), month in workloads()) {
        let bill = billed(feed, month);
        for line in bill.feeds.iter().flat_map(|it| &it.lines) {
            prop_assert!(line.used.quantity.is_finite() && line.used.quantity >= 0.0, "{line:?}");
            prop_assert!(line.cost.is_finite() && line.cost >= 0.0, "{line:?}");
        }
        let sum: f64 = bill.feeds.iter().flat_map(|it| &it.lines).map(|it| it.cost).sum();
        prop_assert!((sum - bill.total).abs() <= 1e-6 * sum.max(1.0));
    }

    #[test]
    fn a_bill_without_free_tiers_is_never_lower(feed in feeds(), month in workloads()) {
        let prices = Prices::load(None).unwrap();
        let stack = Stack { feeds: vec![(feed, month)], alarms: 3, dashboards: 1 };
        let tariffs = prices.of("us-east-1").unwrap();
        let (free, paid) = (bill(&stack, tariffs, true), bill(&stack, tariffs, false));
        prop_assert!(paid.total >= free.total - 1e-9);
    }
}
