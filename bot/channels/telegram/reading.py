"""From a Telegram update to what it means here: somebody's message or tap, a group, somebody who blocked us. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from telegram import Chat, ChatMember, Message, Update, User

from bot.channels.telegram.buttons import Buttons
from bot.languages.catalogue import LANGUAGES
from bot.messages import Incoming

DOOR = "telegram"
WIPE = "/wipe"
"""The text under which the command waits in the inbox."""
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""Updates we ask Telegram for."""
_COMMAND = re.compile(r"/([A-Za-z]+)(?:@\w+)?(?:\s+(\S.*)?)?", re.DOTALL)
_CAMPAIGN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PAYLOADS = {
    "start": "topic:greet",
    "help": "topic:ask_help",
    "language": "topic:change_language",
    "stop": "topic:unsubscribe",
    "delete": "topic:delete_my_data",
}
_NO_BUTTON = "forged"
"""A payload no button of ours has: the turn says that the button is no longer in use."""


@dataclass(frozen=True)
class Said:
    """A person's message or tap."""

    incoming: Incoming
    trace: str | None = None
    """Telegram's id of her message."""
    tap: str | None = None
    """The callback query to answer, so that the button stops spinning."""


@dataclass(frozen=True)
class InGroup:
    """We are, or were, where others read along."""

    chat: int
    language: str | None
    left: bool = False


@dataclass(frozen=True)
class Blocked:
    """A person stopped the bot."""

    address: str


def read(update: Update, buttons: Buttons, *, at: datetime) -> Said | InGroup | Blocked | None:
    """What an update means; None for what needs nothing (bots, channels, service notes, kinds unknown to us)."""
    if update.my_chat_member:
        return _membership(update)
    if update.callback_query:
        return _tap(update, buttons, at)
    message = update.message or update.edited_message
    if message is None or (message.from_user and message.from_user.is_bot and not _others(message.chat)):
        return None
    if _others(message.chat):
        return InGroup(message.chat.id, _language(message.from_user))
    return _message(update, message, at)


def _message(update: Update, message: Message, at: datetime) -> Said | None:
    text: str | None = message.text or message.caption
    payload = campaign = None
    if not text:
        # Service notes (a pinned message, a new timer) are nobody's words; a moving live location is not said again.
        wordless = message.effective_attachment is not None or bool(message.api_kwargs)
        if update.edited_message or not wordless:
            return None
        text = None
    command = _COMMAND.fullmatch(text.strip()) if text else None
    name = command[1].lower() if command else None
    if name == "wipe":
        text = WIPE
    elif name in _PAYLOADS:
        payload, text = _PAYLOADS[name], None
        given = (command[2] or "") if command else ""
        campaign = given if name == "start" and _CAMPAIGN.fullmatch(given) else None
    elif text:
        text = text.lstrip("/ ") or "/"
    incoming = _incoming(update, message.chat.id, message.from_user, at, text=text, payload=payload, campaign=campaign)
    return Said(incoming, trace=str(message.message_id))


def _tap(update: Update, buttons: Buttons, at: datetime) -> Said | InGroup | None:
    query = update.callback_query
    assert query is not None
    if query.from_user.is_bot:
        return None
    if query.message and _others(query.message.chat):
        return InGroup(query.message.chat.id, _language(query.from_user))
    chat = query.message.chat.id if query.message else query.from_user.id
    payload = buttons.open(str(chat), query.data or "") or _NO_BUTTON
    return Said(_incoming(update, chat, query.from_user, at, payload=payload), tap=query.id)


def _membership(update: Update) -> InGroup | Blocked | None:
    change = update.my_chat_member
    assert change is not None
    gone = change.new_chat_member.status in (ChatMember.LEFT, ChatMember.BANNED)
    if _others(change.chat):
        return InGroup(change.chat.id, _language(change.from_user), left=gone)
    return Blocked(str(change.chat.id)) if gone else None


def _incoming(
    update: Update,
    chat: int,
    sender: User | None,
    at: datetime,
    *,
    text: str | None = None,
    payload: str | None = None,
    campaign: str | None = None,
) -> Incoming:
    return Incoming(
        door=DOOR,
        address=str(chat),
        message_id=f"u{update.update_id}",
        received_at=at,
        text=text,
        payload=payload,
        language=_language(sender),
        campaign=campaign,
    )


def _others(chat: Chat) -> bool:
    return chat.type != Chat.PRIVATE


def _language(user: User | None) -> str | None:
    """What her app is set to, if it is a language of ours: a hint, not a choice."""
    code = (user.language_code or "").split("-")[0].lower() if user else ""
    return code if code in LANGUAGES else None
