# What AWS takes and one may regret.

mock_provider "aws" {}

variables {
  name = "orders"
}

run "few_receives_are_warned_of" {
  command = plan

  variables {
    max_receive_count = 4
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
    }
  }

  expect_failures = [check.failures_have_receives_to_spare]
}

run "few_receives_without_a_mapping_are_the_consumers_matter" {
  command = plan

  variables {
    max_receive_count = 4
  }
}

run "a_reservation_without_a_limit_is_warned_of" {
  command = plan

  variables {
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
      reserved_concurrency     = 5
    }
  }

  expect_failures = [check.reserved_concurrency_is_not_overrun]
}

run "short_polling_is_warned_of" {
  command = plan

  variables {
    receive_wait_time_seconds = 0
  }

  expect_failures = [check.idle_receives_wait]
}

run "lambda_polls_as_it_likes" {
  command = plan

  variables {
    receive_wait_time_seconds = 0
    event_source_mapping = {
      function_name            = "ship"
      function_timeout_seconds = 20
      function_role_name       = "ship-role"
    }
  }
}
