variable "name" {
  description = "Name of the queue and the function, and the beginning of all other names."
  type        = string
  default     = "tool-executor"
}

variable "region" {
  description = "AWS Region."
  type        = string
  default     = "us-east-1"
}

variable "package" {
  description = "The function's zip file, from cargo lambda build."
  type        = string
  default     = "../../../target/lambda/tool-executor/bootstrap.zip"
}

variable "architecture" {
  description = "What the package was built for; arm64 costs a fifth less."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is arm64 or x86_64."
  }
}

variable "http_fetch_allowed_hosts" {
  description = "Hosts whose pages the tool http_fetch may read; without any, it is not offered."
  type        = list(string)
  default     = []
}

variable "alarm_actions" {
  description = "ARNs the alarms tell, such as an SNS topic's."
  type        = list(string)
  default     = []
}
