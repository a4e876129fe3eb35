//! SQS: queues, messages, redrive.
