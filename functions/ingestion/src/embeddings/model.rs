//! The models there are, and what they take.

use super::local;

/// The longest text, in characters, that a model of Cohere's third version takes.
const COHERE_V3_CHARACTERS: usize = 2048;

/// A model and the dimensions of its vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Model {
    kind: Kind,
    /// The id that Bedrock knows it by.
    id: String,
    dimensions: usize,
}

/// What distinguishes models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Local,
    Bedrock(Family),
}

/// Models of Bedrock that are asked in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// 8,192 tokens or 50,000 characters, which is more than a chunk can have.
    TitanV2,
    CohereV3,
    /// 128,000 tokens.
    CohereV4,
}

impl Family {
    const ALL: [Self; 3] = [Self::TitanV2, Self::CohereV4, Self::CohereV3];

    /// How the ids of its models begin, after what says where an inference profile runs.
    fn prefix(self) -> &'static str {
        match self {
            Self::TitanV2 => "amazon.titan-embed-text-v2",
            Self::CohereV4 => "cohere.embed-v4",
            Self::CohereV3 => "cohere.embed-",
        }
    }
}

impl Kind {
    /// The dimensions a model can be asked for, its own first.
    fn dimensions(self) -> &'static [usize] {
        match self {
            Self::Local => &[256, 512, 1024],
            Self::Bedrock(Family::TitanV2) => &[1024, 512, 256],
            Self::Bedrock(Family::CohereV3) => &[1024],
            Self::Bedrock(Family::CohereV4) => &[1536, 1024, 512, 256],
        }
    }
}

impl Model {
    /// The model for development.
    pub(crate) fn local() -> Self {
        Self::of(Kind::Local, local::NAME)
    }

    /// A model of Bedrock by its id, or by that of an inference profile.
    pub(crate) fn on_bedrock(id: &str) -> Option<Self> {
        let mut families = Family::ALL.into_iter();
        let family = families.find(|family| id.contains(family.prefix()))?;
        Some(Self::of(Kind::Bedrock(family), id))
    }

    fn of(kind: Kind, id: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            dimensions: kind.dimensions()[0],
        }
    }

    /// The model with vectors of other dimensions.
    ///
    /// # Errors
    /// The dimensions that it can have instead.
    pub(crate) fn with_dimensions(self, dimensions: usize) -> Result<Self, &'static [usize]> {
        let known = self.kind.dimensions();
        if !known.contains(&dimensions) {
            return Err(known);
        }
        Ok(Self { dimensions, ..self })
    }

    /// The name that vectors are kept under. Wherever an inference profile runs, the vectors are
    /// the same.
    pub(crate) fn name(&self) -> String {
        let Self { id, dimensions, .. } = self;
        match self.kind {
            Kind::Local => format!("{id}/{dimensions} (for development)"),
            Kind::Bedrock(family) => {
                let at = id.find(family.prefix()).unwrap_or_default();
                format!("{}/{dimensions}", &id[at..])
            }
        }
    }

    /// How many dimensions its vectors have.
    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The longest text it takes, in characters, if a chunk may be longer.
    pub(crate) fn max_characters(&self) -> Option<usize> {
        (self.kind == Kind::Bedrock(Family::CohereV3)).then_some(COHERE_V3_CHARACTERS)
    }

    /// How Bedrock is asked for it and under what id, if it is one of Bedrock's.
    pub(super) fn bedrock(&self) -> Option<(Family, &str)> {
        match self.kind {
            Kind::Local => None,
            Kind::Bedrock(family) => Some((family, &self.id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_kept_under_the_model_and_not_the_way_to_it() {
        let name = |id| Model::on_bedrock(id).map(|model| model.name());
        for id in [
            "cohere.embed-v4:0",
            "eu.cohere.embed-v4:0",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.cohere.embed-v4:0",
        ] {
            assert_eq!(name(id).as_deref(), Some("cohere.embed-v4:0/1536"));
        }
        assert_eq!(
            name("cohere.embed-multilingual-v3").as_deref(),
            Some("cohere.embed-multilingual-v3/1024")
        );
        assert_eq!(name("amazon.titan-embed-text-v1"), None);
        assert_eq!(Model::local().name(), "local-hash-v1/256 (for development)");
    }

    #[test]
    fn only_dimensions_that_the_model_has_can_be_asked_for() {
        let titan = Model::on_bedrock("amazon.titan-embed-text-v2:0").unwrap();
        assert_eq!(titan.dimensions(), 1024);
        let smaller = titan.clone().with_dimensions(256).unwrap();
        assert_eq!(smaller.name(), "amazon.titan-embed-text-v2:0/256");
        assert_eq!(titan.with_dimensions(100), Err(&[1024, 512, 256][..]));
    }
}
