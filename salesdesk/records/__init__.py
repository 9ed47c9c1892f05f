"""Small kinds of records, each declared once: what they hold, who may, what they count as."""
