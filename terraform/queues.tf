locals {
  suffix                 = var.fifo ? ".fifo" : ""
  queue_name             = "${var.name}${local.suffix}"
  dead_letter_queue_name = "${var.name}-dlq${local.suffix}"

  # A queue has one policy: what is refused and what the caller allows go into it together.
  only_over_tls = {
    Sid       = "OnlyOverTls"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sqs:*"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
}

resource "aws_sqs_queue" "source" {
  name                        = local.queue_name
  fifo_queue                  = var.fifo
  content_based_deduplication = var.fifo ? var.content_based_deduplication : null

  visibility_timeout_seconds = var.visibility_timeout_seconds
  receive_wait_time_seconds  = var.receive_wait_time_seconds
  message_retention_seconds  = var.message_retention_seconds

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter.arn
    maxReceiveCount     = var.max_receive_count
  })

  sqs_managed_sse_enabled           = var.kms == null ? true : null
  kms_master_key_id                 = one(var.kms[*].key_arn)
  kms_data_key_reuse_period_seconds = one(var.kms[*].data_key_reuse_seconds)

  tags = var.tags

  lifecycle {
    precondition {
      condition     = var.fifo || !var.content_based_deduplication
      error_message = "content_based_deduplication = true needs fifo = true: standard queues do not deduplicate."
    }
  }
}

resource "aws_sqs_queue" "dead_letter" {
  name       = local.dead_letter_queue_name
  fifo_queue = var.fifo

  receive_wait_time_seconds = var.receive_wait_time_seconds
  message_retention_seconds = var.dead_letter_retention_seconds

  sqs_managed_sse_enabled           = var.kms == null ? true : null
  kms_master_key_id                 = one(var.kms[*].key_arn)
  kms_data_key_reuse_period_seconds = one(var.kms[*].data_key_reuse_seconds)

  tags = var.tags

  lifecycle {
    precondition {
      condition     = length(local.dead_letter_queue_name) <= 80
      error_message = "${local.dead_letter_queue_name} has ${length(local.dead_letter_queue_name)} characters, and SQS takes 80: shorten name."
    }

    # A FIFO dead-letter queue counts from when the message arrived there.
    precondition {
      condition     = var.fifo || var.dead_letter_retention_seconds > var.message_retention_seconds
      error_message = "dead_letter_retention_seconds (${var.dead_letter_retention_seconds}) must be more than message_retention_seconds (${var.message_retention_seconds}): a message keeps its age when it moves, and would be deleted on arrival."
    }
  }
}

# Nobody else's messages end here. A resource of its own, as the queues would otherwise refer to
# each other in a circle.
resource "aws_sqs_queue_redrive_allow_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.source.arn]
  })
}

resource "aws_sqs_queue_policy" "source" {
  queue_url = aws_sqs_queue.source.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in concat([local.only_over_tls], var.policy_statements) :
      merge(statement, { Resource = aws_sqs_queue.source.arn })
    ]
  })
}

resource "aws_sqs_queue_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [merge(local.only_over_tls, { Resource = aws_sqs_queue.dead_letter.arn })]
  })
}

check "idle_receives_wait" {
  assert {
    condition     = var.event_source_mapping != null || var.receive_wait_time_seconds > 0
    error_message = "receive_wait_time_seconds is 0: a consumer that polls an empty queue pays for every receive."
  }
}
