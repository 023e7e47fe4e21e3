"""The task-aligned assigner, op by op and as a whole."""
