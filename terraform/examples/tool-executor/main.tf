# The function tool-executor with its queue, tables and permissions.
#
#   cargo lambda build --release --arm64 --output-format zip --bin tool-executor
#   terraform init
#   terraform apply

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100"
    }
  }
}

provider "aws" {
  region = var.region
}

locals {
  timeout_seconds = 60
}

module "queue" {
  source = "../.."

  name                       = var.name
  visibility_timeout_seconds = 6 * local.timeout_seconds
  alarms                     = { actions = var.alarm_actions }

  event_source_mapping = {
    function_name            = aws_lambda_function.this.arn
    function_timeout_seconds = aws_lambda_function.this.timeout
    function_role_name       = aws_iam_role.function.name
    reserved_concurrency     = aws_lambda_function.this.reserved_concurrent_executions
    maximum_concurrency      = 20
  }
}
