"""The values that travel between a person and Anlu. Nothing here knows a channel, a database or Rasa."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

Kind = Literal["answer", "phrase", "emergency", "referral", "menu", "human", "notice"]
Mode = Literal["bot", "waiting", "human"]


@dataclass(frozen=True)
class Incoming:
    """One message of a person as a channel received it.

    `address` names the person inside the channel (a chat id, a conversation id); it is never stored or logged in the
    clear. `message_id` is unique within door and address and makes a repeated delivery recognisable. Exactly one of
    `text` and `payload` (a button's) is set; both are None for a message without words (a sticker, a photo).
    """

    door: str
    address: str
    message_id: str
    received_at: datetime
    text: str | None = None
    payload: str | None = None
    language: str | None = None
    """What the person or her phone says her language is; a wish, not yet a choice."""
    chosen: bool = False
    """Whether `language` was chosen by her, not guessed by a device."""
    campaign: str | None = None
    """The campaign whose link or poster brought her here."""


@dataclass(frozen=True)
class Button:
    """One tap: what it says and what comes back when it is tapped."""

    title: str
    payload: str


@dataclass(frozen=True)
class ReferralCard:
    """A service as a person sees it, in her language; `number` is None for services without a telephone."""

    id: str
    name: str
    number: str | None
    hours: str | None
    languages: tuple[str, ...]
    abroad: str | None = None
    note: str | None = None
    links: tuple[str, ...] = ()
    text_only: bool = False
    """Whether `number` takes text messages and no calls."""


@dataclass(frozen=True)
class Reply:
    """One message to a person, ready for any channel: whole sentences in her language."""

    kind: Kind
    text: str
    topic: str | None = None
    buttons: tuple[Button, ...] = ()
    referrals: tuple[ReferralCard, ...] = ()
    image: str | None = None
    audio: str | None = None

    def with_button(self, button: Button) -> "Reply":
        """The same with one more button, the last."""
        return replace(self, buttons=(*self.buttons, button))

    def as_json(self) -> dict[str, Any]:
        """The shape of CONTRACT's `messages`, also used to store a reply."""
        return {
            "kind": self.kind,
            "topic": self.topic,
            "text": self.text,
            "buttons": [{"title": b.title, "payload": b.payload} for b in self.buttons],
            "image": self.image,
            "audio": self.audio,
            "referrals": [
                {
                    "id": r.id,
                    "name": r.name,
                    "number": r.number,
                    "abroad": r.abroad,
                    "hours": r.hours,
                    "languages": list(r.languages),
                    "note": r.note,
                    "links": list(r.links),
                    "text_only": r.text_only,
                }
                for r in self.referrals
            ],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Reply":
        """The reverse of `as_json`."""
        return cls(
            kind=data["kind"],
            text=data["text"],
            topic=data["topic"],
            buttons=tuple(Button(**b) for b in data["buttons"]),
            image=data["image"],
            audio=data["audio"],
            referrals=tuple(
                ReferralCard(**{**r, "languages": tuple(r["languages"]), "links": tuple(r["links"])})
                for r in data["referrals"]
            ),
        )


@dataclass(frozen=True)
class Turn:
    """What one message of a person led to."""

    conversation: str
    language: str
    replies: tuple[Reply, ...]
    emergency: bool = False
    mode: Mode = "bot"
    sequence: int = 0
    """The highest outbox sequence of the replies, for asking what came after."""
