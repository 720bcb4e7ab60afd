"""The state machine: the only thing that knows the order of the steps."""
