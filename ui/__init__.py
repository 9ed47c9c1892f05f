"""The window: shows the office, asks, and calls the workspace; no rule of business lives here."""
