//! LLM tool calls in, tool results out.
