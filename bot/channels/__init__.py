"""Doors to people: the web chat, Telegram, the terminal. Each turns what it receives into an Incoming and delivers Replies."""
