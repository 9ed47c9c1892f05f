"""Plans, targets on every level, what is counted by hand, and why a target was missed."""
