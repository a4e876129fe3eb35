output "queue_url" {
  description = "Send tool calls here."
  value       = module.queue.queue_url
}

output "dead_letter_queue_url" {
  description = "Tool calls that could not be executed."
  value       = module.queue.dead_letter_queue_url
}

output "results_table" {
  description = "Tool results, by conversation and call."
  value       = aws_dynamodb_table.tool_results.name
}
