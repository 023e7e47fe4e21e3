"""What can be found out about a break: which bug it is, where it starts, what it needs, where else it shows."""
