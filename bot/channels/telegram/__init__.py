"""The Telegram door. The gateway opens it and mounts its route; nothing outside this package imports telegram.

What comes in: polling or webhook -> reading (an update becomes an Incoming) -> door (inbox, lanes, turns).
What goes out: outbox -> sending (order, repeats) -> line (pace, outcomes) with writing (text, buttons).
"""

from bot.channels.telegram.door import TelegramDoor, open_door
from bot.channels.telegram.webhook import LARGEST_UPDATE
from bot.channels.telegram.webhook import path_of as webhook_path

__all__ = ["LARGEST_UPDATE", "TelegramDoor", "open_door", "webhook_path"]
