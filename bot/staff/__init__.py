"""Who works with Anlu: accounts, roles, passwords."""
