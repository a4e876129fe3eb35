use super::*;

fn opened(envelope: &Envelope, body: &str) -> Result<String, String> {
    match envelope.open(body) {
        Ok(Content::Json(json)) => Ok(json.into_owned()),
        Ok(Content::Nothing) => Ok("nothing".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn without_an_envelope_the_body_is_the_content() {
    let content = Envelope::default().open("{}").unwrap();
    assert_eq!(content, Content::Json(Cow::Borrowed("{}")));
}

#[test]
fn the_message_of_a_notification_is_its_content() {
    let body = r#"{"Type":"Notification","MessageId":"m","Message":"{\"id\":\"é\"}"}"#;
    assert_eq!(opened(&Envelope::sns(), body).unwrap(), r#"{"id":"é"}"#);
}

#[test]
fn a_subscription_that_waits_for_confirmation_says_what_to_do() {
    let body = r#"{"Type":"SubscriptionConfirmation","Message":"You have chosen…"}"#;
    let error = opened(&Envelope::sns(), body).unwrap_err();
    assert!(error.contains("SubscribeURL"), "{error}");
}

#[test]
fn the_detail_of_an_event_is_its_content_as_it_was_written() {
    let body = r#"{"detail-type":"order","detail":{"id": 18446744073709551617}}"#;
    let content = opened(&Envelope::event_bridge(), body).unwrap();
    assert_eq!(content, r#"{"id": 18446744073709551617}"#);
}

#[test]
fn a_test_event_of_s3_is_nothing_and_a_notification_itself() {
    let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}"#;
    assert_eq!(opened(&Envelope::s3(), test).unwrap(), "nothing");
    let records = r#"{"Records":[{"eventName":"ObjectCreated:Put"}]}"#;
    assert_eq!(opened(&Envelope::s3(), records).unwrap(), records);
}

#[test]
fn layers_are_taken_off_from_the_outside() {
    let envelope = Envelope::sns().then(Envelope::s3());
    let body = r#"{"Type":"Notification","Message":"{\"Event\":\"s3:TestEvent\"}"}"#;
    assert_eq!(opened(&envelope, body).unwrap(), "nothing");
    assert!(opened(&envelope, r#"{"Records":[]}"#).is_err());
}

#[test]
fn base64_may_end_in_a_line_end() {
    assert_eq!(opened(&Envelope::base64(), "e30=\n").unwrap(), "{}");
}

#[cfg(feature = "gzip")]
fn packed(content: &[u8]) -> String {
    use base64::Engine;
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap())
}

#[cfg(feature = "gzip")]
#[test]
fn a_packed_body_is_unpacked_up_to_its_limit() {
    let body = packed(br#"{"id":1}"#);
    assert_eq!(
        opened(&Envelope::base64_gzip(8), &body).unwrap(),
        r#"{"id":1}"#
    );
    let error = opened(&Envelope::base64_gzip(7), &body).unwrap_err();
    assert_eq!(error, "the body unpacks to more than 7 bytes");
    let bomb = packed(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000);
    assert!(opened(&Envelope::base64_gzip(1 << 10), &bomb).is_err());
}

#[test]
fn errors_are_permanent_and_never_quote_the_body() {
    let envelopes = [
        Envelope::sns(),
        Envelope::event_bridge(),
        Envelope::s3(),
        Envelope::base64(),
        #[cfg(feature = "gzip")]
        Envelope::base64_gzip(1 << 20),
    ];
    let bodies = [
        "",
        "secret",
        r#"{"secret":1}"#,
        "c2VjcmV0",
        "\"secret\"",
        "/w==",
    ];
    for envelope in &envelopes {
        for body in bodies {
            if let Err(error) = envelope.open(body) {
                assert_eq!(error.class(), Some(crate::ErrorClass::Permanent));
                assert!(!error.to_string().contains("secret"), "{error}");
            }
        }
    }
}
