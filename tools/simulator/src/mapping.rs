//! Lambda's event source mapping for SQS.
