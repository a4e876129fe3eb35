locals {
  # What a consumer may do that hides failed messages for longer and dead-letters hopeless ones,
  # as lambda-queue does; Lambda's own pollers need the first three.
  consumer_statements = concat(
    [
      {
        Sid      = "Consume"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
        Resource = aws_sqs_queue.source.arn
      },
      {
        Sid      = "DeadLetter"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = aws_sqs_queue.dead_letter.arn
      },
    ],
    [
      for kms in var.kms[*] : {
        Sid      = "ReadAndWriteEncrypted"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = kms.key_arn
      }
    ],
  )

  consumer_policy = jsonencode({ Version = "2012-10-17", Statement = local.consumer_statements })
}

resource "aws_iam_role_policy" "consumer" {
  count = var.event_source_mapping == null ? 0 : 1

  name   = "${var.name}-consumer"
  role   = var.event_source_mapping.function_role_name
  policy = local.consumer_policy
}

resource "aws_lambda_event_source_mapping" "this" {
  count = var.event_source_mapping == null ? 0 : 1

  event_source_arn = aws_sqs_queue.source.arn
  function_name    = var.event_source_mapping.function_name
  enabled          = var.event_source_mapping.enabled

  batch_size                         = var.event_source_mapping.batch_size
  maximum_batching_window_in_seconds = var.event_source_mapping.batching_window_seconds

  # Without it, Lambda ignores which messages a function reports, and deletes them.
  function_response_types = ["ReportBatchItemFailures"]

  dynamic "scaling_config" {
    for_each = var.event_source_mapping.maximum_concurrency[*]
    content {
      maximum_concurrency = scaling_config.value
    }
  }

  tags = var.tags

  # Lambda looks at the role's permissions when the mapping is created.
  depends_on = [aws_iam_role_policy.consumer]

  lifecycle {
    precondition {
      condition     = var.visibility_timeout_seconds >= 6 * var.event_source_mapping.function_timeout_seconds + var.event_source_mapping.batching_window_seconds
      error_message = "visibility_timeout_seconds is ${var.visibility_timeout_seconds}; a function with a timeout of ${var.event_source_mapping.function_timeout_seconds} s and a batching window of ${var.event_source_mapping.batching_window_seconds} s needs at least ${6 * var.event_source_mapping.function_timeout_seconds + var.event_source_mapping.batching_window_seconds}, or messages come back while they are worked on."
    }

    precondition {
      condition     = var.event_source_mapping.batch_size <= 10 || var.fifo || var.event_source_mapping.batching_window_seconds >= 1
      error_message = "batch_size ${var.event_source_mapping.batch_size} needs batching_window_seconds of at least 1: more than 10 messages never come with one receive."
    }

    precondition {
      condition     = !var.fifo || var.event_source_mapping.batch_size <= 10
      error_message = "batch_size is ${var.event_source_mapping.batch_size}; a FIFO queue gives at most 10."
    }

    precondition {
      condition     = !var.fifo || var.event_source_mapping.batching_window_seconds == 0
      error_message = "batching_window_seconds is ${var.event_source_mapping.batching_window_seconds}; FIFO queues have no batching window."
    }

    precondition {
      condition     = local.reserved_concurrency < 0 || local.maximum_concurrency <= local.reserved_concurrency
      error_message = "maximum_concurrency (${local.maximum_concurrency}) must not be more than the function's reserved_concurrency (${local.reserved_concurrency}): what is above it is throttled, which uses up receives until messages are dead-lettered."
    }
  }
}

locals {
  # What aws_lambda_function says of a function without a reservation is -1.
  reserved_concurrency = coalesce(one(var.event_source_mapping[*].reserved_concurrency), -1)
  maximum_concurrency  = coalesce(one(var.event_source_mapping[*].maximum_concurrency), 0)
}

check "failures_have_receives_to_spare" {
  assert {
    condition     = var.event_source_mapping == null || var.max_receive_count >= 5
    error_message = "max_receive_count is ${var.max_receive_count}; throttled batches use up receives as well, and AWS recommends at least 5."
  }
}

check "reserved_concurrency_is_not_overrun" {
  assert {
    condition     = local.reserved_concurrency < 0 || local.maximum_concurrency > 0
    error_message = "The function has a reserved_concurrency and the mapping no maximum_concurrency: Lambda polls for more than the function takes, and throttled batches use up receives."
  }
}
