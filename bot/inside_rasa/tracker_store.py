"""The sealed tracker store: Rasa's memory of a conversation, without her words, encrypted, short and expiring.

One row per conversation. What is kept is what the dialogue needs to go on: slots, an open form, and the last turn's intents,
entities, actions and directives; the text of a message is dropped before it is written. Our rules look at nothing older
than the present turn, so outside a form every turn begins a new session, and turn 1,000 takes as long as turn 10.
"""

import json
import time
from collections.abc import Iterable
from typing import Any, Optional

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

_ANSWER = "answer_"
_FLEETING = (_ANSWER, "session_started_metadata")
"""Slots that are not kept: the answers of a guided check once it is over, and Rasa's copy of a first turn's facts."""

_EVENTS: dict[str, type[Event]] = {event.type_name: event for event in reversed(all_subclasses(Event))}
"""Kinds of events by their names. Rasa gathers them anew for every event it reads."""

_metadata = sa.MetaData()
_trackers = sa.Table(
    "rasa_trackers",
    _metadata,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("sealed_events", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False, index=True),
)


class SealedTrackerStore(TrackerStore):
    """See the module's text. Built by Rasa from endpoints.yml."""

    def __init__(
        self,
        domain: Optional[Domain] = None,
        host: Optional[str] = None,
        event_broker: Optional[EventBroker] = None,
        keys: str = "",
        keep_hours: float = 72,
        **kwargs: Any,
    ) -> None:
        """`host` is the database URL; `keys` are Fernet keys parted by commas, the first one seals."""
        self._engine = _engine(str(host))
        _metadata.create_all(self._engine)
        self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
        self._keep_seconds = float(keep_hours) * 3600
        super().__init__(domain, event_broker)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the conversation down, in place of what was there."""
        events = [_without_words(event) for event in _shortened(tracker)]
        sealed = self._fernet.encrypt(json.dumps(events, separators=(",", ":")).encode())
        values = {"sealed_events": sealed, "expires_at": time.time() + self._keep_seconds}
        with self._engine.begin() as connection:
            found = connection.execute(
                sa.update(_trackers).where(_trackers.c.conversation == tracker.sender_id).values(**values)
            )
            if not found.rowcount:
                connection.execute(sa.insert(_trackers).values(conversation=tracker.sender_id, **values))

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation, or None when there is none, it expired, or no key opens it."""
        with self._engine.begin() as connection:
            sealed = connection.execute(
                sa.select(_trackers.c.sealed_events).where(
                    _trackers.c.conversation == sender_id, _trackers.c.expires_at > time.time()
                )
            ).scalar_one_or_none()
        if sealed is None:
            return None
        try:
            events = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            return None
        known = [_EVENTS[event["event"]]._from_parameters(event) for event in events if event["event"] in _EVENTS]
        return DialogueStateTracker.from_events(sender_id, known, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        """The pseudonyms of all conversations."""
        with self._engine.begin() as connection:
            return list(connection.execute(sa.select(_trackers.c.conversation)).scalars())


def _engine(url: str) -> sa.engine.Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url.replace("postgresql+psycopg:", "postgresql:"), pool_pre_ping=True)
    # Kept open: SQLAlchemy 1.4 would open the file anew for every look, and the last one to close it empties its log.
    engine = sa.create_engine(url, poolclass=sa.pool.QueuePool, connect_args={"timeout": 2, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _without_words(event: Event) -> dict[str, Any]:
    """The event as data, with nothing she wrote in it."""
    data = event.as_dict()
    if data["event"] == "user":
        data["text"] = None
        parsed = data.get("parse_data") or {}
        data["parse_data"] = {
            "text": "",
            "intent": parsed.get("intent") or {},
            "entities": parsed.get("entities") or [],
            "intent_ranking": (parsed.get("intent_ranking") or [])[:4],
        }
    return dict(data)


def _shortened(tracker: DialogueStateTracker) -> list[Event]:
    """The events to keep: all of an open form; else a fresh session with the present slots and the last turn.

    The answers of a guided check go when it is over: she was told that they are not kept.
    """
    events = list(tracker.events)
    if tracker.active_loop:
        return events
    slots = [
        SlotSet(name, slot.value)
        for name, slot in tracker.slots.items()
        if slot.value is not None and slot.value != slot.initial_value and not name.startswith(_FLEETING)
    ]
    last_turn = [e for e in _last_turn(events) if not (isinstance(e, SlotSet) and e.key.startswith(_ANSWER))]
    return [*slots, ActionExecuted(ACTION_LISTEN_NAME), *last_turn]


def _last_turn(events: list[Event]) -> list[Event]:
    """The events of the last turn, so that a repeated turn can still be recognised."""
    for index in range(len(events) - 1, -1, -1):
        if events[index].type_name == "user":
            return events[index:]
    return []
