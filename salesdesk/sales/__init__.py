"""Products and deals with their stages, shares and payments: the actuals."""
