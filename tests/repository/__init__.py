"""Promises of the repository itself: what must be there, whole, equal or absent."""
