# The mapping to a function.

mock_provider "aws" {}

override_resource {
  target = aws_sqs_queue.source
  values = { arn = "arn:aws:sqs:us-east-1:123456789012:orders" }
}

override_resource {
  target = aws_sqs_queue.dead_letter
  values = { arn = "arn:aws:sqs:us-east-1:123456789012:orders-dlq" }
}

variables {
  name = "orders"

  event_source_mapping = {
    function_name            = "ship"
    function_timeout_seconds = 20
    function_role_name       = "ship-role"
  }
}

run "a_function_is_fed_and_its_partial_responses_are_read" {
  assert {
    condition     = aws_lambda_event_source_mapping.this[0].function_name == "ship" && aws_lambda_event_source_mapping.this[0].event_source_arn == aws_sqs_queue.source.arn
    error_message = "the queue feeds the function"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this[0].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "what the function reports comes back, and nothing else"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this[0].enabled && aws_lambda_event_source_mapping.this[0].batch_size == 10
    error_message = "batches of 10, at once"
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.this[0].scaling_config) == 0
    error_message = "no limit to its concurrency"
  }
}

run "the_functions_role_may_do_what_a_consumer_must_and_no_more" {
  assert {
    condition     = aws_iam_role_policy.consumer[0].role == "ship-role" && aws_iam_role_policy.consumer[0].policy == output.consumer_policy_json
    error_message = "the policy is attached to the role"
  }

  assert {
    condition     = jsondecode(output.consumer_policy_json).Statement[0].Action == ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
    error_message = "what Lambda needs, and hiding messages"
  }

  assert {
    condition     = [for statement in jsondecode(output.consumer_policy_json).Statement : statement.Resource] == [aws_sqs_queue.source.arn, aws_sqs_queue.dead_letter.arn]
    error_message = "on these two queues, and on no key"
  }
}

run "large_batches_with_a_window_are_taken" {
  variables {
    visibility_timeout_seconds = 130
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      batch_size               = 10000
      batching_window_seconds  = 10
    }
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this[0].batch_size == 10000 && aws_lambda_event_source_mapping.this[0].maximum_batching_window_in_seconds == 10
    error_message = "batch and window as asked for"
  }
}

run "concurrency_up_to_the_reservation_is_taken" {
  variables {
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      reserved_concurrency     = 2
      maximum_concurrency      = 2
    }
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this[0].scaling_config[0].maximum_concurrency == 2
    error_message = "the mapping is limited"
  }
}

run "a_fifo_queue_feeds_a_function_without_a_window" {
  variables {
    fifo = true
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this[0].maximum_batching_window_in_seconds == 0
    error_message = "no window"
  }
}
