"""What runs before any model: danger words, fair use, redaction."""
