# Knobs against each other: what is refused, and the last that is not.

mock_provider "aws" {}

variables {
  name = "orders"
}

run "dead_letters_outlive_the_messages_they_were" {
  command = plan

  variables {
    message_retention_seconds     = 345600
    dead_letter_retention_seconds = 345600
  }

  expect_failures = [aws_sqs_queue.dead_letter]
}

run "fifo_dead_letters_start_a_life_of_their_own" {
  command = plan

  variables {
    fifo                          = true
    message_retention_seconds     = 345600
    dead_letter_retention_seconds = 345600
  }
}

run "only_fifo_queues_deduplicate" {
  command = plan

  variables {
    content_based_deduplication = true
  }

  expect_failures = [aws_sqs_queue.source]
}

run "the_dead_letter_queues_name_fits_as_well" {
  command = plan

  variables {
    name = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
  }
}

run "a_suffix_takes_room_in_a_name" {
  command = plan

  variables {
    name = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
    fifo = true
  }

  expect_failures = [aws_sqs_queue.dead_letter]
}

run "an_age_alarm_goes_off_before_messages_are_deleted" {
  command = plan

  variables {
    message_retention_seconds = 900
  }

  expect_failures = [aws_cloudwatch_metric_alarm.oldest_message_age]
}

run "six_times_the_functions_timeout_is_enough" {
  command = plan

  variables {
    visibility_timeout_seconds = 120
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
    }
  }
}

run "less_than_six_times_the_functions_timeout_is_refused" {
  command = plan

  variables {
    visibility_timeout_seconds = 119
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
    }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "the_window_comes_on_top_of_the_functions_timeout" {
  command = plan

  variables {
    visibility_timeout_seconds = 129
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      batching_window_seconds  = 10
    }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "more_than_ten_messages_need_a_window" {
  command = plan

  variables {
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      batch_size               = 11
    }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_fifo_batch_has_ten_messages_at_most" {
  command = plan

  variables {
    fifo = true
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      batch_size               = 11
    }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "a_fifo_queue_has_no_window" {
  command = plan

  variables {
    fifo                       = true
    visibility_timeout_seconds = 121
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      batching_window_seconds  = 1
    }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}

run "concurrency_beyond_the_reservation_is_refused" {
  command = plan

  variables {
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      reserved_concurrency     = 2
      maximum_concurrency      = 3
    }
  }

  expect_failures = [aws_lambda_event_source_mapping.this]
}
