//! The lambda-queue command: functions, tables and events on one machine.
