resource "aws_dynamodb_table" "idempotency" {
  name         = "${var.name}-idempotency"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "expiration"
    enabled        = true
  }
}

# What search_documents searches: documents cut into chunks, as functions/ingestion stores them.
resource "aws_dynamodb_table" "documents" {
  name         = "${var.name}-documents"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "document_id"
  range_key    = "sort"

  attribute {
    name = "document_id"
    type = "S"
  }

  attribute {
    name = "sort"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_dynamodb_table" "tool_results" {
  name         = "${var.name}-results"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "conversation_id"
  range_key    = "tool_call_id"

  attribute {
    name = "conversation_id"
    type = "S"
  }

  attribute {
    name = "tool_call_id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}
