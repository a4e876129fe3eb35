use serde_json::{Value, json};

use crate::world::{HOUR, SECOND, World, held};

fn received(world: &mut World) -> (String, Value) {
    let url = world.queue();
    world.send(&url, "hello");
    let message = world.receive(&url, 1).remove(0);
    (url, message)
}

fn refused(world: &mut World, url: &str, message: &Value, seconds: i64) -> (&'static str, String) {
    let mut request = held(url, message);
    request["VisibilityTimeout"] = json!(seconds);
    world.fails("ChangeMessageVisibility", request)
}

#[test]
fn a_change_counts_from_now() {
    let mut world = World::new();
    let (url, message) = received(&mut world);
    world.pass(20 * SECOND);
    world.hide(&url, &message, 60);
    world.pass(60 * SECOND - 1);
    assert_eq!(world.counts(&url), (0, 1, 0));
    world.pass(1);
    assert_eq!(world.counts(&url), (1, 0, 0));
}

#[test]
fn zero_makes_a_message_visible_at_once() {
    let mut world = World::new();
    let (url, message) = received(&mut world);
    world.hide(&url, &message, 0);
    assert_eq!(world.bodies(&url, 1), ["hello"]);
}

#[test]
fn a_change_holds_for_that_receive_only() {
    let mut world = World::new();
    let (url, message) = received(&mut world);
    world.hide(&url, &message, 5);
    world.pass(5 * SECOND);
    world.receive(&url, 1);
    world.pass(5 * SECOND);
    assert_eq!(world.counts(&url), (0, 1, 0));
    assert_eq!(
        refused(&mut world, &url, &message, 60),
        (
            "InvalidParameterValue",
            format!(
                "Value {} for parameter ReceiptHandle is invalid. Reason: Message does not exist \
                 or is not available for visibility timeout change.",
                message["ReceiptHandle"].as_str().unwrap()
            )
        )
    );
}

#[test]
fn a_message_is_hidden_for_at_most_12_hours_after_its_receive() {
    let mut world = World::new();
    let (url, message) = received(&mut world);
    world.hide(&url, &message, 43_200);
    world.pass(HOUR);
    assert_eq!(
        refused(&mut world, &url, &message, 43_200),
        (
            "InvalidParameterValue",
            "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total \
             VisibilityTimeout for the message is beyond the limit [43200 seconds]."
                .into()
        )
    );
    world.hide(&url, &message, 11 * 3_600);
    // Extending did not restart the 12 hours.
    world.pass(HOUR);
    assert_eq!(
        refused(&mut world, &url, &message, 11 * 3_600).0,
        "InvalidParameterValue"
    );
    world.pass(10 * HOUR);
    assert_eq!(world.counts(&url), (1, 0, 0));
}

#[test]
fn the_latest_handle_hides_a_message_that_is_visible_again() {
    let mut world = World::new();
    let (url, message) = received(&mut world);
    world.pass(30 * SECOND);
    world.hide(&url, &message, 5);
    assert_eq!(world.counts(&url), (0, 1, 0));
    world.pass(5 * SECOND);
    let again = world.receive(&url, 1).remove(0);
    assert_eq!(again["Attributes"]["ApproximateReceiveCount"], "2");
}

#[test]
fn a_deleted_message_cannot_be_hidden() {
    let mut world = World::new();
    let (url, message) = received(&mut world);
    world.delete(&url, &message);
    assert_eq!(
        refused(&mut world, &url, &message, 5).0,
        "InvalidParameterValue"
    );
}

#[test]
fn a_timeout_is_0_to_43_200_and_required() {
    let mut world = World::new();
    let (url, message) = received(&mut world);
    for seconds in [-1, 43_201] {
        assert_eq!(
            refused(&mut world, &url, &message, seconds).0,
            "InvalidParameterValue"
        );
    }
    assert_eq!(
        world
            .fails("ChangeMessageVisibility", held(&url, &message))
            .0,
        "MissingParameter"
    );
}
