# Each knob within its bounds.

mock_provider "aws" {}

variables {
  name = "orders"
}

run "a_name_comes_without_its_suffix" {
  command = plan

  variables {
    name = "orders.fifo"
    fifo = true
  }

  expect_failures = [var.name]
}

run "a_visibility_timeout_is_at_most_twelve_hours" {
  command = plan

  variables {
    visibility_timeout_seconds = 43201
  }

  expect_failures = [var.visibility_timeout_seconds]
}

run "a_receive_waits_at_most_twenty_seconds" {
  command = plan

  variables {
    receive_wait_time_seconds = 21
  }

  expect_failures = [var.receive_wait_time_seconds]
}

run "a_message_is_kept_for_a_minute_at_least" {
  command = plan

  variables {
    message_retention_seconds = 59
  }

  expect_failures = [var.message_retention_seconds]
}

run "a_dead_letter_is_kept_for_fourteen_days_at_most" {
  command = plan

  variables {
    dead_letter_retention_seconds = 1209601
  }

  expect_failures = [var.dead_letter_retention_seconds]
}

run "a_message_is_received_once_at_least" {
  command = plan

  variables {
    max_receive_count = 0
  }

  expect_failures = [var.max_receive_count]
}

run "a_key_is_not_named_by_an_alias" {
  command = plan

  variables {
    kms = { key_arn = "arn:aws:kms:us-east-1:123456789012:alias/queues" }
  }

  expect_failures = [var.kms]
}

run "a_data_key_is_used_for_a_minute_at_least" {
  command = plan

  variables {
    kms = { key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd", data_key_reuse_seconds = 59 }
  }

  expect_failures = [var.kms]
}

run "a_statement_leaves_its_resource_to_the_module" {
  command = plan

  variables {
    policy_statements = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*" }]
  }

  expect_failures = [var.policy_statements]
}

run "an_age_alarm_needs_an_age" {
  command = plan

  variables {
    alarms = { oldest_message_age_seconds = 0 }
  }

  expect_failures = [var.alarms]
}

run "a_function_runs_for_fifteen_minutes_at_most" {
  command = plan

  variables {
    visibility_timeout_seconds = 5406
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 901
      function_role_name       = "ship-role"
    }
  }

  expect_failures = [var.event_source_mapping]
}

run "a_batch_has_ten_thousand_messages_at_most" {
  command = plan

  variables {
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      batch_size               = 10001
    }
  }

  expect_failures = [var.event_source_mapping]
}

run "a_window_is_five_minutes_at_most" {
  command = plan

  variables {
    visibility_timeout_seconds = 421
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      batching_window_seconds  = 301
    }
  }

  expect_failures = [var.event_source_mapping]
}

run "maximum_concurrency_is_two_at_least" {
  command = plan

  variables {
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      maximum_concurrency      = 1
    }
  }

  expect_failures = [var.event_source_mapping]
}
