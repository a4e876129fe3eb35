# Each validation here looks at one knob, with AWS's own bounds. What concerns two knobs is a
# precondition of the resource it would break.

variable "name" {
  description = "Name of the queue, without `.fifo`. The dead-letter queue is called NAME-dlq."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.name))
    error_message = "name takes letters, digits, - and _; the suffix .fifo is added where fifo = true."
  }
}

variable "fifo" {
  description = "Messages in order within each message group; both queues are FIFO queues."
  type        = bool
  default     = false
  nullable    = false
}

variable "content_based_deduplication" {
  description = "FIFO only: equal bodies within five minutes are one message, where the sender gives no deduplication id."
  type        = bool
  default     = false
  nullable    = false
}

variable "visibility_timeout_seconds" {
  description = "How long a received message stays hidden: at least 6 times the function's timeout, plus the batching window."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.visibility_timeout_seconds >= 0 && var.visibility_timeout_seconds <= 43200
    error_message = "visibility_timeout_seconds is from 0 to 43200 (12 hours)."
  }
}

variable "receive_wait_time_seconds" {
  description = "How long a receive waits for messages. Lambda's pollers always wait 20 s; other consumers go by this."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.receive_wait_time_seconds >= 0 && var.receive_wait_time_seconds <= 20
    error_message = "receive_wait_time_seconds is from 0 to 20."
  }
}

variable "message_retention_seconds" {
  description = "How long the queue keeps a message."
  type        = number
  default     = 345600 # 4 days
  nullable    = false

  validation {
    condition     = var.message_retention_seconds >= 60 && var.message_retention_seconds <= 1209600
    error_message = "message_retention_seconds is from 60 to 1209600 (14 days)."
  }
}

variable "dead_letter_retention_seconds" {
  description = "How long the dead-letter queue keeps a message; in a standard queue counted from when it was first sent."
  type        = number
  default     = 1209600 # 14 days
  nullable    = false

  validation {
    condition     = var.dead_letter_retention_seconds >= 60 && var.dead_letter_retention_seconds <= 1209600
    error_message = "dead_letter_retention_seconds is from 60 to 1209600 (14 days)."
  }
}

variable "max_receive_count" {
  description = "How often a message is received before it moves to the dead-letter queue."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.max_receive_count >= 1 && var.max_receive_count <= 1000
    error_message = "max_receive_count is from 1 to 1000."
  }
}

variable "kms" {
  description = "Encryption with a key of your own (SSE-KMS); without it, SQS's own keys (SSE-SQS), which cost nothing."
  type = object({
    key_arn                = string
    data_key_reuse_seconds = optional(number, 300)
  })
  default = null

  validation {
    # An alias's ARN would pass SQS and then grant nothing in a policy.
    condition     = var.kms == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", var.kms.key_arn))
    error_message = "kms.key_arn is the ARN of a key (arn:aws:kms:REGION:ACCOUNT:key/ID), not of an alias."
  }

  validation {
    condition     = var.kms == null ? true : var.kms.data_key_reuse_seconds >= 60 && var.kms.data_key_reuse_seconds <= 86400
    error_message = "kms.data_key_reuse_seconds is from 60 to 86400 (a day)."
  }
}

variable "policy_statements" {
  description = "Statements for the queue's policy, such as who else may send, without their Resource, which is the queue."
  type        = any
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for statement in var.policy_statements : can(statement.Effect) && !can(statement.Resource)])
    error_message = "policy_statements is a list of IAM statements that have an Effect and no Resource."
  }
}

variable "alarms" {
  description = "Alarms on dead letters and on the age of the oldest message, and the ARNs they tell; null for none."
  type = object({
    actions                    = optional(list(string), [])
    oldest_message_age_seconds = optional(number, 900)
  })
  default = {}

  validation {
    condition     = var.alarms == null ? true : var.alarms.oldest_message_age_seconds >= 1
    error_message = "alarms.oldest_message_age_seconds is at least 1."
  }
}

variable "event_source_mapping" {
  description = "The Lambda function that handles the messages, and how it is fed."
  type = object({
    function_name            = string
    function_timeout_seconds = number
    function_role_name       = string
    reserved_concurrency     = optional(number, -1)
    batch_size               = optional(number, 10)
    batching_window_seconds  = optional(number, 0)
    maximum_concurrency      = optional(number)
    enabled                  = optional(bool, true)
  })
  default = null

  validation {
    condition     = var.event_source_mapping == null ? true : var.event_source_mapping.function_timeout_seconds >= 1 && var.event_source_mapping.function_timeout_seconds <= 900
    error_message = "event_source_mapping.function_timeout_seconds is from 1 to 900."
  }

  validation {
    condition     = var.event_source_mapping == null ? true : var.event_source_mapping.batch_size >= 1 && var.event_source_mapping.batch_size <= 10000
    error_message = "event_source_mapping.batch_size is from 1 to 10000."
  }

  validation {
    condition     = var.event_source_mapping == null ? true : var.event_source_mapping.batching_window_seconds >= 0 && var.event_source_mapping.batching_window_seconds <= 300
    error_message = "event_source_mapping.batching_window_seconds is from 0 to 300."
  }

  validation {
    condition     = try(var.event_source_mapping.maximum_concurrency, null) == null ? true : var.event_source_mapping.maximum_concurrency >= 2 && var.event_source_mapping.maximum_concurrency <= 1000
    error_message = "event_source_mapping.maximum_concurrency is from 2 to 1000, or left out."
  }
}

variable "tags" {
  description = "Tags of everything that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
