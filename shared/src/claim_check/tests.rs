use super::*;

#[test]
fn both_names_of_the_pointer_are_known_and_nothing_else_is_one() {
    let pointer = Some(Pointer {
        bucket: "b".to_owned(),
        key: "k".to_owned(),
    });
    let body = |class: &str| format!(r#"[ "{class}", {{"s3BucketName":"b","s3Key":"k"}} ]"#);
    for class in [
        "software.amazon.payloadoffloading.PayloadS3Pointer",
        "com.amazon.sqs.javamessaging.MessageS3Pointer",
    ] {
        assert_eq!(Pointer::read(&body(class)), pointer, "{class}");
    }
    for body in [
        &body("java.lang.Object"),
        "[]",
        "{}",
        "",
        "[1,2]",
        r#"["a",{}]"#,
    ] {
        assert_eq!(Pointer::read(body), None, "{body}");
    }
}

#[test]
fn a_pointer_is_written_as_the_present_library_does() {
    let pointer = Pointer {
        bucket: "b".to_owned(),
        key: "k".to_owned(),
    };
    let body = pointer.write().unwrap();
    let expected = r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]"#;
    assert_eq!(body, expected);
    assert_eq!(Pointer::read(&body), Some(pointer));
}
