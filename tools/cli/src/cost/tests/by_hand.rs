//! The arithmetic is in the comments; the prices are those of us-east-1.

use lambda_queue_simulator::mapping::ProvisionedPollers;

use super::*;

#[test]
fn a_million_small_messages_are_three_million_requests() {
    let bill = billed(feed(), workload(1e6));
    // 1 KB is one chunk of 64 KB. One send, one receive and one delete for each:
    // 1,000,000 × 3 = 3,000,000.
    let of = |item| line(&bill, item).0;
    close(of("SQS send"), 1e6);
    close(of("SQS receive"), 1e6);
    close(of("SQS delete"), 1e6);
}

#[test]
fn a_million_small_messages_cost_80_cents_and_idle_polls() {
    let bill = billed(feed(), workload(1e6));
    // 3,000,000 + idle polls, 1,000,000 of them free, × $0.40 a million = $0.80 and the idle ones.
    let (idle, _) = line(&bill, "SQS idle polling");
    let items = ["SQS send", "SQS receive", "SQS delete", "SQS idle polling"];
    let paid: f64 = items.iter().map(|it| line(&bill, it).1).sum();
    close(paid, 0.80 + idle * 0.40 / 1e6);
}

#[test]
fn a_megabyte_is_sixteen_requests() {
    let month = Workload {
        size: 1 << 20,
        ..workload(1_000.0)
    };
    let bill = billed(feed(), month);
    // 1,048,576 ÷ 65,536 = 16, at the send and at the receive; a delete carries no payload.
    close(line(&bill, "SQS send").0, 16_000.0);
    close(line(&bill, "SQS receive").0, 16_000.0);
    close(line(&bill, "SQS delete").0, 1_000.0);
}

#[test]
fn a_quiet_queue_is_polled_648_000_times_a_month() {
    let bill = billed(feed(), workload(0.0));
    // 5 polls at a time × 3 a minute × 43,200 minutes = 648,000, within the free million.
    let (polls, cost) = line(&bill, "SQS idle polling");
    close(polls, 648_000.0);
    assert_eq!(cost, 0.0);
    assert_eq!(bill.total, 0.0);
}

#[test]
fn a_busy_queue_is_hardly_polled_in_vain() {
    let (idle, _) = line(&billed(feed(), workload(50e6)), "SQS idle polling");
    assert!(idle < 1.0, "{idle}");
}

#[test]
fn batches_of_ten_are_a_tenth_of_the_requests() {
    let month = Workload {
        batch_fill: Some(10.0),
        send_batch: 10,
        ..workload(1e6)
    };
    let bill = billed(feed(), month);
    // 10 × 1,000 bytes are one chunk: 100,000 sends, 100,000 receives, 100,000 deletes.
    close(line(&bill, "SQS send").0, 1e5);
    close(line(&bill, "SQS receive").0, 1e5);
    close(line(&bill, "SQS delete").0, 1e5);
    close(line(&bill, "Lambda requests").0, 1e5);
}

#[test]
fn a_batch_is_billed_by_its_chunks_together() {
    let month = Workload {
        size: 10_000,
        send_batch: 10,
        ..workload(1e6)
    };
    // 10 × 10,000 = 100,000 bytes are two chunks: 100,000 sends × 2.
    close(line(&billed(feed(), month), "SQS send").0, 2e5);
}

#[test]
fn lambda_is_paid_by_memory_and_time() {
    let bill = billed(feed(), workload(10e6));
    // 10 M invocations × 0.2 s × 512/1,024 GB = 1,000,000 GB-s; 400,000 free.
    // 600,000 × $0.0000166667 = $10.00002. Requests: (10 M − 1 M) × $0.20/M = $1.80.
    let (gb_s, cost) = line(&bill, "Lambda GB-seconds");
    close(gb_s, 1e6);
    close(cost, 10.000_02);
    close(line(&bill, "Lambda requests").1, 1.8);
}

#[test]
fn arm_costs_a_fifth_less() {
    let arm = Feed {
        architecture: Architecture::Arm64,
        ..feed()
    };
    // 600,000 × $0.0000133334 = $8.00004.
    close(
        line(&billed(arm, workload(10e6)), "Lambda GB-seconds").1,
        8.000_04,
    );
}

#[test]
fn handlers_side_by_side_shorten_an_invocation() {
    let month = Workload {
        batch_fill: Some(10.0),
        handlers: 5,
        ..workload(10e6)
    };
    // 1 M invocations × (10 ÷ 5 rounds × 0.2 s) × 0.5 GB = 200,000 GB-s.
    close(line(&billed(feed(), month), "Lambda GB-seconds").0, 2e5);
}

#[test]
fn fifo_costs_a_quarter_more() {
    let fifo = Feed {
        fifo: true,
        ..feed()
    };
    let bill = billed(fifo, workload(1e6));
    let requests: f64 = ["SQS send", "SQS receive", "SQS delete", "SQS idle polling"]
        .iter()
        .map(|it| line(&bill, it).1)
        .sum();
    let (idle, _) = line(&bill, "SQS idle polling");
    // (3,000,000 + idle − 1,000,000) × $0.50 a million.
    close(requests, (2e6 + idle) * 0.5 / 1e6);
}

#[test]
fn a_record_is_written_twice() {
    let month = Workload {
        records: Some(true),
        ..workload(1e6)
    };
    let bill = billed(feed(), month);
    // 400 bytes are one unit: 1 M claims + 1 M completions = 2 M units × $0.625/M = $1.25.
    let costs = line(&bill, "DynamoDB claims").1 + line(&bill, "DynamoDB completions").1;
    close(costs, 1.25);
    close(line(&bill, "DynamoDB reads").0, 0.0);
}

#[test]
fn a_record_with_output_takes_units_by_the_kilobyte() {
    let month = Workload {
        records: Some(true),
        record_bytes: 2_100,
        ..workload(1e6)
    };
    // 2,100 bytes are three units: 3 M for the claims, 3 M for the completions.
    let bill = billed(feed(), month);
    close(line(&bill, "DynamoDB claims").0, 3e6);
    close(line(&bill, "DynamoDB completions").0, 3e6);
}

#[test]
fn a_transaction_takes_twice_the_units_of_all_it_writes() {
    let month = Workload {
        records: Some(true),
        effects: 2,
        ..workload(1e6)
    };
    // The record and two items, twice: 1 M × (1 + 2) × 2 = 6 M. The claim stays a single write.
    let bill = billed(feed(), month);
    close(line(&bill, "DynamoDB claims").0, 1e6);
    close(line(&bill, "DynamoDB completions").0, 6e6);
}

#[test]
fn retries_and_duplicates_take_writes_of_their_own() {
    let month = Workload {
        records: Some(true),
        retry_rate: 0.5,
        duplicate_rate: 0.1,
        ..workload(1e6)
    };
    let bill = billed(feed(), month);
    // Of 5 tries: 1 + 1/2 + 1/4 + 1/8 + 1/16 = 1.9375 deliveries of each message, and 0.1 duplicates.
    // 1 − 1/32 = 0.96875 are completed in the end; 1.9375 − 0.96875 = 0.96875 failures.
    close(line(&bill, "SQS receive").0, 2_037_500.0);
    close(line(&bill, "SQS send").0, 1_100_000.0);
    close(line(&bill, "SQS delete").0, 1_068_750.0);
    close(line(&bill, "SQS visibility").0, 968_750.0);
    close(line(&bill, "DynamoDB claims").0, 1_937_500.0);
    close(line(&bill, "DynamoDB completions").0, 968_750.0);
    close(line(&bill, "DynamoDB releases").0, 968_750.0);
    close(line(&bill, "DynamoDB duplicates").0, 100_000.0);
}

#[test]
fn the_batched_way_reads_back_what_is_taken() {
    let mut feed = feed();
    feed.mapping.batch_size = 100;
    feed.mapping.window_seconds = 1;
    let month = Workload {
        records: Some(true),
        batch_fill: Some(100.0),
        retry_rate: 0.5,
        duplicate_rate: 0.1,
        ..workload(1e6)
    };
    let bill = billed(feed, month);
    // 1 M inserts; 0.9375 M later tries: a refused insert and a takeover, two units each.
    close(line(&bill, "DynamoDB claims").0, 2_875_000.0);
    // Those and the 0.1 M duplicates are read, consistently, 400 bytes each: one unit.
    close(line(&bill, "DynamoDB reads").0, 1_037_500.0);
}

#[test]
fn a_key_is_called_for_by_each_sender_twice_and_each_receiver_once() {
    let with_key = Feed {
        encryption: Encryption::OwnKey("alias/orders".into()),
        ..feed()
    };
    let bill = billed(with_key, workload(1e6));
    // 2,592,000 s ÷ 300 s × (2 × 1 + 1) = 25,920 calls; 20,000 free; 5,920 × $0.03/10,000.
    let (calls, cost) = line(&bill, "KMS requests");
    close(calls, 25_920.0);
    close(cost, 0.017_76);
    close(line(&bill, "KMS keys").1, 1.0);
}

#[test]
fn logs_are_paid_by_the_gigabyte() {
    let month = Workload {
        log_per_message: 400,
        log_per_invocation: 600,
        ..workload(10e6)
    };
    // 10 M × (400 + 600) bytes = 10 GB × $0.50.
    close(line(&billed(feed(), month), "CloudWatch logs, GB").1, 5.0);
}

#[test]
fn workers_that_do_not_wait_poll_all_the_time() {
    let short = Feed {
        receive_wait_s: 0,
        ..feed()
    };
    let month = Workload {
        workers: Some(2),
        ..workload(0.0)
    };
    let bill = billed(short, month.clone());
    // 2 workers × 10 a second × 2,592,000 s.
    close(line(&bill, "SQS idle polling").0, 51_840_000.0);
    // With 20 s: 2 × 3 a minute × 43,200 minutes.
    close(
        line(&billed(feed(), month), "SQS idle polling").0,
        259_200.0,
    );
}

fn with_pollers(minimum: u32, maximum: u32) -> Feed {
    let mut feed = feed();
    feed.mapping.provisioned_pollers = Some(ProvisionedPollers { minimum, maximum });
    feed
}

#[test]
fn provisioned_pollers_are_paid_by_the_hour_whether_messages_come_or_not() {
    let bill = billed(with_pollers(2, 200), workload(0.0));
    // 2 pollers × 720 h = 1,440 h × $0.00925 = $13.32.
    let (hours, cost) = line(&bill, "SQS provisioned pollers");
    close(hours, 1_440.0);
    close(cost, 13.32);
    // They wait 20 s each: 2 × 3 a minute × 43,200 minutes.
    close(line(&bill, "SQS idle polling").0, 259_200.0);
}

#[test]
fn a_load_that_two_pollers_do_not_keep_up_with_has_more_up_to_the_most() {
    // 1 G invocations × 0.2 s ÷ 2,592,000 s = 77.2 at once; ten a poller make 8: 8 × 720 h = 5,760 h.
    let hours = |feed| line(&billed(feed, workload(1e9)), "SQS provisioned pollers").0;
    close(hours(with_pollers(2, 200)), 5_760.0);
    // 5 × 720 h, as there are no more.
    close(hours(with_pollers(2, 5)), 3_600.0);
}

#[test]
fn groups_on_a_standard_queue_cost_ten_cents_a_million_on_top() {
    let month = Workload {
        fair_queue: true,
        ..workload(10e6)
    };
    let bill = billed(feed(), month.clone());
    // 10 M sends + 10 M receives + 10 M deletes = 30 M × $0.10/M = $3.00. None of it is free.
    let (requests, cost) = line(&bill, "SQS fair queue");
    close(requests, 30e6);
    close(cost, 3.0);
    // FIFO queues have groups at the price of FIFO.
    let fifo = Feed {
        fifo: true,
        ..feed()
    };
    close(line(&billed(fifo, month), "SQS fair queue").0, 0.0);
}

#[test]
fn the_toolkit_s_metrics_are_paid_for_in_the_hours_with_messages() {
    let with_records = |messages| Workload {
        records: Some(true),
        ..workload(messages)
    };
    // 22 metrics × $0.30 = $6.60 where messages come in each of 720 hours.
    let (metrics, cost) = line(&billed(feed(), with_records(1e6)), "CloudWatch metrics");
    close(metrics, 22.0);
    close(cost, 6.60);
    // In 72 hours: 22 × 72 ÷ 720 = 2.2 × $0.30 = $0.66.
    let (_, cost) = line(&billed(feed(), with_records(72.0)), "CloudWatch metrics");
    close(cost, 0.66);
    // Without the toolkit, as many as are said.
    close(
        line(&billed(feed(), workload(1e6)), "CloudWatch metrics").0,
        0.0,
    );
    let own = Workload {
        metrics: Some(10),
        ..workload(1e6)
    };
    close(line(&billed(feed(), own), "CloudWatch metrics").1, 3.0);
}

#[test]
fn a_dashboard_is_three_dollars() {
    let prices = Prices::load(None).unwrap();
    let stack = Stack {
        feeds: vec![(feed(), workload(0.0))],
        alarms: 20,
        dashboards: 1,
    };
    let bill = bill(&stack, prices.of("us-east-1").unwrap(), true);
    // 20 alarms × $0.10 + $3.00.
    close(line(&bill, "CloudWatch dashboards").1, 3.0);
    close(bill.total, 5.0);
}
