"""The suite: one test per clause and op, run by the plugin for each float type and event."""
