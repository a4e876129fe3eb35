resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.function.arn

  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  architectures    = [var.architecture]
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  memory_size      = 256
  timeout          = local.timeout_seconds

  environment {
    variables = {
      IDEMPOTENCY_TABLE        = aws_dynamodb_table.idempotency.name
      DOCUMENTS_TABLE          = aws_dynamodb_table.documents.name
      TOOL_RESULTS_TABLE       = aws_dynamodb_table.tool_results.name
      HTTP_FETCH_ALLOWED_HOSTS = join(",", var.http_fetch_allowed_hosts)
      DEAD_LETTER_QUEUE_URL    = module.queue.dead_letter_queue_url
      RETRY_BACKOFF_SECONDS    = "5"
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function.name
  }

  # The function's first invocation would otherwise find that it may do nothing.
  depends_on = [aws_iam_role_policy.function]
}

# Made here, so that it ends with the rest and keeps nothing for ever.
resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 30
}

resource "aws_iam_role" "function" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# What it may do with its queues comes from the module.
resource "aws_iam_role_policy" "function" {
  name = "${var.name}-function"
  role = aws_iam_role.function.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.function.arn}:*"
      },
      {
        Sid    = "ClaimAndComplete"
        Effect = "Allow"
        # Batched claims and completions are PartiQL statements.
        Action   = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"]
        Resource = aws_dynamodb_table.idempotency.arn
      },
      {
        Sid      = "SearchDocuments"
        Effect   = "Allow"
        Action   = ["dynamodb:Scan"]
        Resource = aws_dynamodb_table.documents.arn
      },
      {
        Sid      = "StoreResults"
        Effect   = "Allow"
        Action   = ["dynamodb:PutItem"]
        Resource = aws_dynamodb_table.tool_results.arn
      },
    ]
  })
}
