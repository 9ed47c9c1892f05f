"""The first page: a new office, an existing one, the demo office; passwords."""
