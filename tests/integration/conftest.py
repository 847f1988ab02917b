"""Databases for these tests: SQLite and, where it is installed, a real PostgreSQL."""

from tests.databases import database, empty_database, server, sqlite_database

__all__ = ["database", "empty_database", "server", "sqlite_database"]
