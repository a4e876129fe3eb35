resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  count = var.alarms == null ? 0 : 1

  alarm_name        = "${local.dead_letter_queue_name}-depth"
  alarm_description = "Messages of ${local.queue_name} could not be handled and wait in the dead-letter queue."

  namespace = "AWS/SQS"
  # A move by redrive does not count as NumberOfMessagesSent; only the depth shows it.
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letter.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  alarm_actions = var.alarms.actions
  tags          = var.tags
}

resource "aws_cloudwatch_metric_alarm" "oldest_message_age" {
  count = var.alarms == null ? 0 : 1

  alarm_name        = "${local.queue_name}-age"
  alarm_description = "Messages of ${local.queue_name} wait longer than ${var.alarms.oldest_message_age_seconds} s; the consumer does not keep up."

  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.source.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarms.oldest_message_age_seconds
  treat_missing_data  = "notBreaching"

  alarm_actions = var.alarms.actions
  tags          = var.tags

  lifecycle {
    precondition {
      condition     = var.alarms.oldest_message_age_seconds < var.message_retention_seconds
      error_message = "alarms.oldest_message_age_seconds (${var.alarms.oldest_message_age_seconds}) must be less than message_retention_seconds (${var.message_retention_seconds}): older messages are deleted, and the alarm would never go off."
    }
  }
}
