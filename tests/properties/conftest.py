"""How hard the property tests look: enough to find what is wrong, little enough to be run every time."""

from hypothesis import HealthCheck, settings

from tests.databases import sqlite_database

__all__ = ["sqlite_database"]

settings.register_profile(
    "anlu",
    max_examples=150,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("anlu")
