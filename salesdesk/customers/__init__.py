"""Customers, what is done with them, and who must be contacted when."""
