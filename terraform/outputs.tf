output "queue_url" {
  description = "Send messages here."
  value       = aws_sqs_queue.source.id
}

output "queue_arn" {
  description = "For the policies of senders."
  value       = aws_sqs_queue.source.arn
}

output "queue_name" {
  description = "The queue's name, with `.fifo` if it is one."
  value       = aws_sqs_queue.source.name
}

output "dead_letter_queue_url" {
  description = "What could not be handled; a function built with lambda-queue takes it as DEAD_LETTER_QUEUE_URL."
  value       = aws_sqs_queue.dead_letter.id
}

output "dead_letter_queue_arn" {
  description = "For those who look after dead letters."
  value       = aws_sqs_queue.dead_letter.arn
}

output "dead_letter_queue_name" {
  description = "The dead-letter queue's name, for dashboards and alarms of your own."
  value       = aws_sqs_queue.dead_letter.name
}

output "consumer_policy_json" {
  description = "What a consumer may do; the role of the mapping's function has it already."
  value       = local.consumer_policy
}

output "event_source_mapping_uuid" {
  description = "The mapping's id, or null without one."
  value       = one(aws_lambda_event_source_mapping.this[*].uuid)
}

output "alarm_arns" {
  description = "ARNs of the alarms, empty without them."
  value       = concat(aws_cloudwatch_metric_alarm.dead_letters[*].arn, aws_cloudwatch_metric_alarm.oldest_message_age[*].arn)
}
