"""Figures computed once as frozen rows, and the pages and charts that show them."""
