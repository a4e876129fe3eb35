use lambda_queue_simulator::sqs::Delivery;

use crate::world::{SECOND, World};

fn with(delivery: Delivery) -> (World, String) {
    let mut world = World::new();
    let url = world.queue();
    world.sqs.set_delivery(&url, delivery).unwrap();
    (world, url)
}

#[test]
fn a_duplicate_is_delivered_while_its_message_is_in_flight_and_once() {
    let (mut world, url) = with(Delivery::default().with_duplicate(1.0));
    let id = world.send(&url, "hello");
    let first = world.receive(&url, 10).remove(0);
    let second = world.receive(&url, 10).remove(0);
    assert_eq!(
        (&first["MessageId"], &second["MessageId"]),
        (&id.clone().into(), &id.into())
    );
    assert_ne!(first["ReceiptHandle"], second["ReceiptHandle"]);
    assert!(world.receive(&url, 10).is_empty());
    world.pass(30 * SECOND);
    assert_eq!(world.counts(&url), (1, 0, 0));
}

#[test]
fn a_duplicate_may_come_after_the_deletion() {
    let (mut world, url) = with(Delivery::default().with_duplicate(1.0));
    world.send(&url, "hello");
    let first = world.receive(&url, 1).remove(0);
    world.delete(&url, &first);
    assert_eq!(world.bodies(&url, 1), ["hello"]);
    world.pass(30 * SECOND);
    assert!(world.receive(&url, 1).is_empty());
}

#[test]
fn deleting_through_the_duplicate_deletes_the_message() {
    let (mut world, url) = with(Delivery::default().with_duplicate(1.0));
    world.send(&url, "hello");
    world.receive(&url, 1);
    let second = world.receive(&url, 1).remove(0);
    world.delete(&url, &second);
    assert_eq!(world.counts(&url), (0, 0, 0));
    let counters = world.snapshot(&url).counters;
    assert_eq!(
        (counters.deleted, counters.copies, counters.copies_ended),
        (1, 1, 1)
    );
}

#[test]
fn reordering_shuffles_and_loses_nothing() {
    let (mut world, url) = with(Delivery::default().with_reorder(1.0));
    let sent: Vec<_> = (0..100).map(|n| format!("{n:02}")).collect();
    for body in &sent {
        world.send(&url, body);
    }
    let mut received: Vec<_> = (0..10).flat_map(|_| world.bodies(&url, 10)).collect();
    assert_ne!(received, sent);
    received.sort();
    assert_eq!(received, sent);
}

#[test]
fn without_chaos_a_standard_queue_keeps_its_order() {
    let (mut world, url) = with(Delivery::default());
    for n in 0..10 {
        world.send(&url, &n.to_string());
    }
    let expected: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    assert_eq!(world.bodies(&url, 10), expected);
}

#[test]
fn a_fifo_queue_knows_no_chaos() {
    let mut world = World::new();
    let url = world.fifo();
    let delivery = Delivery::default().with_duplicate(1.0).with_reorder(1.0);
    world.sqs.set_delivery(&url, delivery).unwrap();
    for n in 0..5 {
        world.send_to(&url, "g", &n.to_string());
    }
    assert_eq!(world.bodies(&url, 10), ["0", "1", "2", "3", "4"]);
    assert!(world.receive(&url, 10).is_empty());
}

#[test]
fn queues_created_later_deliver_like_all() {
    let mut world = World::new();
    let delivery = Delivery::default().with_duplicate(1.0);
    world.sqs.set_delivery_of_all(delivery);
    let url = world.queue();
    world.send(&url, "hello");
    assert_eq!(world.receive(&url, 1).len(), 1);
    assert_eq!(world.receive(&url, 1).len(), 1);
}
