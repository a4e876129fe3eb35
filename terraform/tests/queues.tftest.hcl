# What is created, under a provider that makes up what only AWS could tell.

mock_provider "aws" {}

override_resource {
  target = aws_sqs_queue.source
  values = { arn = "arn:aws:sqs:us-east-1:123456789012:orders", id = "https://sqs.example/orders" }
}

override_resource {
  target = aws_sqs_queue.dead_letter
  values = { arn = "arn:aws:sqs:us-east-1:123456789012:orders-dlq", id = "https://sqs.example/orders-dlq" }
}

variables {
  name = "orders"
}

run "a_name_alone_gives_the_recommended_queue" {
  assert {
    condition     = aws_sqs_queue.source.name == "orders" && !aws_sqs_queue.source.fifo_queue
    error_message = "a standard queue of that name"
  }

  assert {
    condition     = aws_sqs_queue.source.visibility_timeout_seconds == 120
    error_message = "120 s of visibility timeout"
  }

  assert {
    condition     = aws_sqs_queue.source.receive_wait_time_seconds == 20 && aws_sqs_queue.dead_letter.receive_wait_time_seconds == 20
    error_message = "20 s of long polling"
  }

  assert {
    condition     = aws_sqs_queue.source.message_retention_seconds == 345600
    error_message = "4 days of retention"
  }

  assert {
    condition     = aws_sqs_queue.source.sqs_managed_sse_enabled && aws_sqs_queue.dead_letter.sqs_managed_sse_enabled
    error_message = "SSE-SQS"
  }
}

run "what_was_received_five_times_goes_to_a_dead_letter_queue_that_keeps_it_for_fourteen_days" {
  assert {
    condition     = jsondecode(aws_sqs_queue.source.redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead_letter.arn, maxReceiveCount = 5 }
    error_message = "a redrive policy to the dead-letter queue after 5 receives"
  }

  assert {
    condition     = aws_sqs_queue.dead_letter.name == "orders-dlq" && aws_sqs_queue.dead_letter.message_retention_seconds == 1209600
    error_message = "a dead-letter queue with 14 days of retention"
  }
}

run "only_the_queue_itself_may_use_its_dead_letter_queue" {
  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.dead_letter.redrive_allow_policy) == { redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.source.arn] }
    error_message = "a redrive allow policy for this queue alone"
  }
}

run "nothing_goes_over_plain_http" {
  assert {
    condition = alltrue([
      for policy in [aws_sqs_queue_policy.source, aws_sqs_queue_policy.dead_letter] :
      jsondecode(policy.policy).Statement[0].Effect == "Deny" && jsondecode(policy.policy).Statement[0].Condition == { Bool = { "aws:SecureTransport" = "false" } }
    ])
    error_message = "both queues refuse what comes without TLS"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.dead_letter.policy).Statement[0].Resource == aws_sqs_queue.dead_letter.arn
    error_message = "each policy is about its own queue"
  }
}

run "others_may_be_let_in" {
  variables {
    policy_statements = [{
      Sid       = "BucketNotifies"
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::documents" } }
    }]
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.source.policy).Statement[*].Sid == ["OnlyOverTls", "BucketNotifies"]
    error_message = "the statement is added to those of the module"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.source.policy).Statement[1].Resource == aws_sqs_queue.source.arn
    error_message = "its resource is the queue"
  }
}

run "a_fifo_queue_has_a_fifo_dead_letter_queue_and_both_suffixes" {
  variables {
    fifo = true
  }

  assert {
    condition     = aws_sqs_queue.source.name == "orders.fifo" && aws_sqs_queue.dead_letter.name == "orders-dlq.fifo"
    error_message = "both names end with .fifo"
  }

  assert {
    condition     = aws_sqs_queue.source.fifo_queue && aws_sqs_queue.dead_letter.fifo_queue && !aws_sqs_queue.source.content_based_deduplication
    error_message = "both are FIFO, and equal bodies are two messages"
  }
}

run "a_key_of_ones_own_replaces_sqs_keys_on_both_queues" {
  variables {
    kms = { key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd" }
  }

  assert {
    condition     = aws_sqs_queue.source.kms_master_key_id == var.kms.key_arn && aws_sqs_queue.dead_letter.kms_master_key_id == var.kms.key_arn
    error_message = "both queues use the key"
  }

  assert {
    condition     = aws_sqs_queue.source.kms_data_key_reuse_period_seconds == 300
    error_message = "data keys are used for 5 minutes"
  }

  assert {
    condition     = jsondecode(output.consumer_policy_json).Statement[2] == { Sid = "ReadAndWriteEncrypted", Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = var.kms.key_arn }
    error_message = "consumers may use the key"
  }
}

run "dead_letters_and_old_messages_raise_alarms" {
  variables {
    alarms = { actions = ["arn:aws:sns:us-east-1:123456789012:on-call"] }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters[0].metric_name == "ApproximateNumberOfMessagesVisible" && aws_cloudwatch_metric_alarm.dead_letters[0].threshold == 0
    error_message = "one dead letter is enough, and NumberOfMessagesSent would not show it"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters[0].dimensions["QueueName"] == "orders-dlq" && aws_cloudwatch_metric_alarm.oldest_message_age[0].dimensions["QueueName"] == "orders"
    error_message = "each watches its own queue"
  }

  assert {
    condition     = alltrue([for alarm in concat(aws_cloudwatch_metric_alarm.dead_letters, aws_cloudwatch_metric_alarm.oldest_message_age) : alarm.alarm_actions == toset(var.alarms.actions)])
    error_message = "both tell who is on call"
  }
}

run "alarms_can_be_left_out" {
  variables {
    alarms = null
  }

  assert {
    condition     = output.alarm_arns == [] && length(aws_cloudwatch_metric_alarm.dead_letters) == 0
    error_message = "no alarms"
  }
}

run "without_a_function_there_is_no_mapping" {
  assert {
    condition     = output.event_source_mapping_uuid == null && length(aws_iam_role_policy.consumer) == 0
    error_message = "neither mapping nor policy"
  }
}
