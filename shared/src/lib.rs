//! Idempotent batch processing for Lambda functions fed by SQS.
