"""Counters for operators. No label holds anything of a person: doors, languages, kinds and states only."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.messages import Turn

REGISTRY = CollectorRegistry()
TURNS = Counter("anlu_turns", "Messages answered.", ["door", "language", "kind"], registry=REGISTRY)
TURN_SECONDS = Histogram(
    "anlu_turn_seconds",
    "From a message taken up to its answer written.",
    ["door"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
    registry=REGISTRY,
)
EMERGENCIES = Counter("anlu_emergencies", "Emergency answers given.", ["door"], registry=REGISTRY)
RASA_SILENT = Counter("anlu_rasa_silent", "Turns Rasa did not answer.", registry=REGISTRY)
STORAGE_DOWN = Counter("anlu_storage_down", "Messages met by a database that did not answer.", registry=REGISTRY)
OUTBOX = Gauge("anlu_outbox", "Replies by state.", ["state"], registry=REGISTRY)
SENDS = Counter(
    "anlu_sends", "Messages handed to a channel, by what came of it.", ["door", "outcome"], registry=REGISTRY
)
CONFLICTS = Counter("anlu_telegram_conflicts", "Another process fetches our Telegram updates.", registry=REGISTRY)
UNREADABLE = Counter("anlu_telegram_unreadable", "Telegram updates that could not be read.", registry=REGISTRY)
CONTENT_VERSION = Gauge("anlu_content_version", "Version of the live texts in use.", registry=REGISTRY)


def count_turn(turn: Turn, door: str, seconds: float) -> None:
    """Count one answered message."""
    kind = turn.replies[0].kind if turn.replies else "none"
    TURNS.labels(door, turn.language, kind).inc()
    TURN_SECONDS.labels(door).observe(seconds)
    if turn.emergency:
        EMERGENCIES.labels(door).inc()
