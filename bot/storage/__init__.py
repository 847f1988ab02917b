"""The database: engine, tables, encryption, migrations."""
