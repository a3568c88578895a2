"""The outside of 守望: files, clock, schedules and the command line."""
