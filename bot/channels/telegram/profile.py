"""How the bot shows itself in Telegram: its commands and descriptions, in every language that has the words."""

import logging

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.content.lookup import FALLBACK, Lookup

logger = logging.getLogger(__name__)

_COMMANDS = ("start", "help", "language", "stop", "delete", "wipe")


async def introduce(bot: Bot, texts: Lookup) -> None:
    """Set commands and descriptions. That Telegram refuses is only logged: people can write without them."""
    try:
        await _introduce(bot, texts, FALLBACK, None)
        for language, phrases in texts.phrases.items():
            if all(f"command_{name}" in phrases for name in _COMMANDS):
                await _introduce(bot, texts, language, language)
    except TelegramError as error:
        logger.warning("Telegram: commands and descriptions not set (%s)", type(error).__name__)


async def _introduce(bot: Bot, texts: Lookup, language: str, code: str | None) -> None:
    commands = [BotCommand(name, texts.phrase(f"command_{name}", language)) for name in _COMMANDS]
    await bot.set_my_commands(commands, language_code=code)
    await bot.set_my_description(texts.phrase("telegram_description", language), language_code=code)
    await bot.set_my_short_description(texts.phrase("telegram_about", language), language_code=code)
