//! Which writing of a document a chunk belongs to.

use std::fmt;

use sha2::{Digest, Sha256};

/// Names one writing of a document; part of every chunk's sort key.
///
/// The generation is one more than that of the manifest that is replaced. Content alone would not
/// do: a document that goes back to an earlier text would write into chunks that somebody else is
/// just deleting as old. The hash keeps two workers apart that replace the same generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    generation: u64,
    name: String,
}

impl Version {
    /// The version that follows `previous`, for this content cut with these settings.
    pub fn after(previous: Option<&Version>, content_hash: &str, settings: &str) -> Self {
        let generation = previous.map_or(1, |version| version.generation + 1);
        let hash = Sha256::digest(format!("{content_hash}/{settings}"));
        let name = format!("{generation:010}-{}", hex::encode(&hash[..8]));
        Self { generation, name }
    }

    /// Reads a version back from a manifest.
    pub fn parse(name: &str) -> Option<Self> {
        let generation = name.split('-').next()?.parse().ok()?;
        Some(Self {
            generation,
            name: name.to_owned(),
        })
    }

    /// The name, as it is stored.
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_back_to_an_earlier_content_gives_a_new_version() {
        let first = Version::after(None, "a", "1000/100");
        let second = Version::after(Some(&first), "b", "1000/100");
        let third = Version::after(Some(&second), "a", "1000/100");
        assert!(first.as_str() < second.as_str() && second.as_str() < third.as_str());
    }

    #[test]
    fn content_and_settings_keep_versions_of_one_generation_apart() {
        let version = |content, settings| Version::after(None, content, settings);
        assert_eq!(version("a", "1000/100"), version("a", "1000/100"));
        assert_ne!(version("a", "1000/100"), version("b", "1000/100"));
        assert_ne!(version("a", "1000/100"), version("a", "500/100"));
    }

    #[test]
    fn a_stored_name_is_read_back() {
        let version = Version::after(None, "a", "1000/100");
        assert_eq!(Version::parse(version.as_str()), Some(version));
        assert_eq!(Version::parse("latest"), None);
    }
}
