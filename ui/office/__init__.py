"""The Office menu: people, teams, leave, calendar, measures, products, rules, history."""
