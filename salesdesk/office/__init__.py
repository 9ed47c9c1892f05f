"""The office itself: people, teams, leave, the working calendar, measures, settings."""
