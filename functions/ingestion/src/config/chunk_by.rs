//! What chunks are measured in, and whether the model takes as much.

use lambda_queue::Environment;

use super::CHUNK_SIZE;
#[cfg(feature = "tokens")]
use crate::Vocabulary;
use crate::{ChunkBy, EmbeddingSettings};

const CHUNK_BY: &str = "CHUNK_BY";

pub(super) fn read(environment: &mut Environment<'_>) -> ChunkBy {
    match environment.optional(CHUNK_BY).as_deref() {
        None | Some("characters") => ChunkBy::Characters,
        Some("tokens") => tokens(environment),
        Some(other) => {
            environment.problem(format!(
                "{CHUNK_BY} is {other:?}; set it to characters or tokens"
            ));
            ChunkBy::Characters
        }
    }
}

#[cfg(feature = "tokens")]
fn tokens(environment: &mut Environment<'_>) -> ChunkBy {
    let Some(name) = environment.optional("TOKENIZER") else {
        return ChunkBy::Tokens(Vocabulary::default());
    };
    let mut all = Vocabulary::ALL.into_iter();
    let vocabulary = all.find(|it| it.name() == name).unwrap_or_else(|| {
        environment.problem(format!(
            "TOKENIZER is {name:?}; set it to cl100k_base or o200k_base"
        ));
        Vocabulary::default()
    });
    ChunkBy::Tokens(vocabulary)
}

#[cfg(not(feature = "tokens"))]
fn tokens(environment: &mut Environment<'_>) -> ChunkBy {
    environment.problem(format!(
        "{CHUNK_BY} is \"tokens\", and this function was built without the feature `tokens`; add it \
         to `default` under [features] in its Cargo.toml"
    ));
    ChunkBy::Characters
}

/// Checks that chunks are not too long for the model. One that it refuses fails its document.
pub(super) fn check(
    environment: &mut Environment<'_>,
    embeddings: Option<&EmbeddingSettings>,
    by: ChunkBy,
    size: usize,
) {
    let model = embeddings.map(EmbeddingSettings::model);
    let Some(max) = model.and_then(|model| model.max_characters()) else {
        return;
    };
    if by != ChunkBy::Characters {
        environment.problem(format!(
            "{CHUNK_BY} is \"tokens\", and the model of EMBEDDINGS takes {max} characters; set \
             {CHUNK_BY} to characters"
        ));
    } else if size > max {
        environment.problem(format!(
            "{CHUNK_SIZE} is {size}, and the model of EMBEDDINGS takes {max} characters; set \
             {CHUNK_SIZE} to at most {max}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(variables: &[(&str, &str)]) -> Vec<String> {
        let lookup = |name: &str| {
            let mut found = variables.iter().filter(|(variable, _)| *variable == name);
            found.next().map(|(_, value)| (*value).to_owned())
        };
        let mut environment = Environment::new(&lookup);
        let by = read(&mut environment);
        let size = environment.number(CHUNK_SIZE, 50..=32_000).unwrap_or(1000);
        let embeddings = EmbeddingSettings::read(&mut environment);
        check(&mut environment, embeddings.as_ref(), by, size);
        environment
            .check(())
            .err()
            .map(|error| error.0)
            .unwrap_or_default()
    }

    #[test]
    fn tokens_are_for_functions_built_with_the_feature() {
        let tokens = problems(&[("CHUNK_BY", "tokens"), ("TOKENIZER", "o200k_base")]);
        assert_eq!(tokens.is_empty(), cfg!(feature = "tokens"), "{tokens:?}");
        assert_eq!(problems(&[("CHUNK_BY", "words")]).len(), 1);
        assert_eq!(
            problems(&[("CHUNK_BY", "tokens"), ("TOKENIZER", "?")]).len(),
            1
        );
    }

    #[cfg(feature = "embeddings")]
    #[test]
    fn chunks_longer_than_the_model_takes_are_refused_at_the_start() {
        let model = ("EMBEDDINGS", "bedrock:cohere.embed-english-v3");
        assert!(problems(&[model]).is_empty());
        assert_eq!(
            problems(&[model, ("CHUNK_SIZE", "3000")]),
            [
                "CHUNK_SIZE is 3000, and the model of EMBEDDINGS takes 2048 characters; set \
                 CHUNK_SIZE to at most 2048"
            ]
        );
        assert_eq!(problems(&[model, ("CHUNK_BY", "tokens")]).len(), 1);
    }
}
