//! Checksums as SDKs verify them (Developer Guide, "Calculating the MD5 message digest for message
//! attributes").

use std::sync::Arc;

use md5::{Digest, Md5};

use super::api::MessageAttributeValue;

/// MD5 of a body, hex.
pub(super) fn of_body(body: &str) -> Arc<str> {
    hex(Md5::new_with_prefix(body))
}

/// MD5 of attributes in the order of their names, hex.
pub(super) fn of_attributes<'a>(
    attributes: impl IntoIterator<Item = (&'a Arc<str>, &'a MessageAttributeValue)>,
) -> Arc<str> {
    let mut md5 = Md5::new();
    for (name, value) in attributes {
        field(&mut md5, name.as_bytes());
        field(&mut md5, value.data_type.as_bytes());
        if value.data_type.starts_with("Binary") {
            md5.update([2]);
            field(
                &mut md5,
                value.binary_value.as_ref().map_or(&[][..], |blob| &blob.0),
            );
        } else {
            md5.update([1]);
            field(
                &mut md5,
                value.string_value.as_deref().unwrap_or_default().as_bytes(),
            );
        }
    }
    hex(md5)
}

fn field(md5: &mut Md5, bytes: &[u8]) {
    // Lengths are 32 bits on the wire; messages end at 1 MiB.
    md5.update((bytes.len() as u32).to_be_bytes());
    md5.update(bytes);
}

fn hex(md5: Md5) -> Arc<str> {
    let mut digits = [0; 32];
    let written = hex::encode_to_slice(md5.finalize(), &mut digits).is_ok();
    debug_assert!(written, "16 bytes are 32 digits");
    std::str::from_utf8(&digits).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqs::api::Blob;

    fn named(name: &str, value: MessageAttributeValue) -> (Arc<str>, MessageAttributeValue) {
        (name.into(), value)
    }

    #[test]
    fn the_md5_of_a_body_is_that_of_its_utf_8() {
        assert_eq!(&*of_body("msg"), "6e2baaf3b97dbeef01c0043275f9a0e7");
    }

    #[test]
    fn the_md5_of_attributes_is_aws_s() {
        let hello = named("Hello", MessageAttributeValue::string("There"));
        let general = named("General", MessageAttributeValue::string("Kenobi"));
        let help = named("Help.Me", MessageAttributeValue::string("Me"));
        let md5 = |list: &[&(Arc<str>, MessageAttributeValue)]| {
            of_attributes(list.iter().map(|(name, value)| (name, value)))
        };
        assert_eq!(
            &*md5(&[&general, &hello, &help]),
            "4c360f3fdafd970e05fae2f149d997f5"
        );
        assert_eq!(
            &*md5(&[&general, &hello]),
            "fca026605781cb4126a1e9044df24232"
        );
        assert_eq!(&*md5(&[&hello]), "a311262e065454b75da111d535b8dacd");
        let binary = MessageAttributeValue {
            data_type: "Binary".into(),
            binary_value: Some(Blob(
                (*b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01").into(),
            )),
            ..Default::default()
        };
        assert_eq!(
            &*md5(&[&named("attr1", binary)]),
            "8cbe4db156db8a94db8b801b7addb984"
        );
    }
}
