"""What all pages share: tables, forms, background work, looks, messages."""
