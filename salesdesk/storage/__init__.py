"""How an office is kept: engine, history of every change, migrations, backups, places."""
