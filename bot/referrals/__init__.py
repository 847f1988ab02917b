"""Services people can turn to, and which of them to show."""
