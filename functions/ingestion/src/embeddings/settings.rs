//! What the environment says of embeddings.

use std::fmt;

use lambda_queue::Environment;

use super::Model;

const EMBEDDINGS: &str = "EMBEDDINGS";
const DIMENSIONS: &str = "EMBEDDING_DIMENSIONS";
const VECTORS: &str = "VECTORS";

/// The model of chunks and queries, and where vectors are kept. The functions that write and search
/// chunks must have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddingSettings {
    model: Model,
    vectors: VectorPlace,
}

/// Where vectors are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VectorPlace {
    /// In the items of their chunks.
    Item,
    /// In an index of Amazon S3 Vectors.
    S3Vectors {
        /// The vector bucket.
        bucket: String,
        /// The index in it.
        index: String,
    },
}

impl fmt::Display for VectorPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item => f.write_str("item"),
            Self::S3Vectors { bucket, index } => write!(f, "s3vectors:{bucket}/{index}"),
        }
    }
}

impl EmbeddingSettings {
    /// Reads `EMBEDDINGS`, `EMBEDDING_DIMENSIONS` and `VECTORS`, unless embeddings are off.
    pub fn read(environment: &mut Environment<'_>) -> Option<Self> {
        let setting = environment.optional(EMBEDDINGS)?;
        let model = match setting.split_once(':') {
            None if setting == "off" => return None,
            None if setting == "local" => Some(Model::local()),
            Some(("bedrock", id)) => Model::on_bedrock(id),
            _ => None,
        };
        if model.is_none() {
            environment.problem(format!(
                "{EMBEDDINGS} is {setting:?}; set it to off, local, or bedrock:<model id>, of Titan \
                 Text Embeddings V2 or Cohere Embed"
            ));
        }
        let model = with_dimensions(environment, model?)?;
        let vectors = place(environment)?;
        let uses_aws = model.bedrock().is_some() || vectors != VectorPlace::Item;
        if uses_aws && !cfg!(feature = "embeddings") {
            environment.problem(format!(
                "{EMBEDDINGS} is {setting:?}, vectors go to {vectors}, and this function was built \
                 without the feature `embeddings`; add it to `default` under [features] in its \
                 Cargo.toml"
            ));
        }
        Some(Self { model, vectors })
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    pub(crate) fn vectors(&self) -> &VectorPlace {
        &self.vectors
    }
}

fn with_dimensions(environment: &mut Environment<'_>, model: Model) -> Option<Model> {
    let Some(dimensions) = environment.number(DIMENSIONS, 1..=4096) else {
        return Some(model);
    };
    match model.with_dimensions(dimensions) {
        Ok(model) => Some(model),
        Err(known) => {
            environment.problem(format!(
                "{DIMENSIONS} is {dimensions}; the model has {known:?}"
            ));
            None
        }
    }
}

fn place(environment: &mut Environment<'_>) -> Option<VectorPlace> {
    let setting = environment.optional(VECTORS);
    match setting.as_deref() {
        None | Some("item") => return Some(VectorPlace::Item),
        Some(other) => {
            if let Some(("s3vectors", place)) = other.split_once(':')
                && let Some((bucket, index)) = place.split_once('/')
                && !bucket.is_empty()
                && !index.is_empty()
            {
                return Some(VectorPlace::S3Vectors {
                    bucket: bucket.to_owned(),
                    index: index.to_owned(),
                });
            }
            environment.problem(format!(
                "{VECTORS} is {other:?}; set it to item or s3vectors:<bucket>/<index>"
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_queue::EnvironmentError;

    fn read(variables: &[(&str, &str)]) -> Result<Option<EmbeddingSettings>, EnvironmentError> {
        let lookup = |name: &str| {
            let mut found = variables.iter().filter(|(variable, _)| *variable == name);
            found.next().map(|(_, value)| (*value).to_owned())
        };
        let mut environment = Environment::new(&lookup);
        let settings = EmbeddingSettings::read(&mut environment);
        environment.check(settings)
    }

    #[test]
    fn embeddings_are_off_unless_a_model_is_named() {
        for variables in [&[][..], &[("EMBEDDINGS", "off"), ("VECTORS", "nonsense")]] {
            assert_eq!(read(variables), Ok(None));
        }
        let local = EmbeddingSettings {
            model: Model::local(),
            vectors: VectorPlace::Item,
        };
        assert_eq!(read(&[("EMBEDDINGS", "local")]), Ok(Some(local)));
    }

    #[test]
    fn what_is_wrong_is_said_with_the_remedy() {
        for (variables, problem) in [
            (
                &[("EMBEDDINGS", "bedrock:anthropic.claude")][..],
                "EMBEDDINGS is \"bedrock:anthropic.claude\"; set it to off, local, or \
                 bedrock:<model id>, of Titan Text Embeddings V2 or Cohere Embed",
            ),
            (
                &[("EMBEDDINGS", "local"), ("EMBEDDING_DIMENSIONS", "7")],
                "EMBEDDING_DIMENSIONS is 7; the model has [256, 512, 1024]",
            ),
            (
                &[("EMBEDDINGS", "local"), ("VECTORS", "s3vectors:bucket")],
                "VECTORS is \"s3vectors:bucket\"; set it to item or s3vectors:<bucket>/<index>",
            ),
        ] {
            assert_eq!(
                read(variables),
                Err(EnvironmentError(vec![problem.to_owned()]))
            );
        }
    }

    #[test]
    fn models_of_bedrock_are_for_functions_built_with_the_feature() {
        let titan = read(&[("EMBEDDINGS", "bedrock:amazon.titan-embed-text-v2:0")]);
        assert_eq!(titan.is_ok(), cfg!(feature = "embeddings"));
        let s3_vectors = read(&[("EMBEDDINGS", "local"), ("VECTORS", "s3vectors:b/i")]);
        assert_eq!(s3_vectors.is_ok(), cfg!(feature = "embeddings"));
    }
}
