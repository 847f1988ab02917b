"""The only place that knows every concrete class: builds the services every process shares. Nothing happens at import."""

import asyncio
import logging
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta

from bot import metrics
from bot.clock import Clock, now
from bot.content.files import read_folder
from bot.content.store import ContentStore, Imported
from bot.conversation import Conversation
from bot.dialogue.rasa_client import RasaClient
from bot.dialogue.store import Trackers
from bot.feedback.store import Feedback
from bot.inbox import Inbox
from bot.knowledge import Knowledge, build_knowledge
from bot.outbox import Outbox
from bot.people.store import People
from bot.record import Record
from bot.retention import Retention
from bot.safety.limits import FairUse
from bot.settings import Settings
from bot.storage.encryption import derive_key, fernet_key
from bot.storage.engine import Database, StorageDown
from bot.storage.migrate import upgrade

logger = logging.getLogger(__name__)

_REFRESH_SECONDS = 2.0


class KnowledgeSource:
    """The present knowledge; renewed when the content store's version grows. Serves the folder while the store is away."""

    def __init__(self, settings: Settings, database: Database, store: ContentStore) -> None:
        self._settings = settings
        self._database = database
        self._store = store
        self._current: Knowledge | None = None

    def current(self) -> Knowledge:
        """The newest knowledge this process has seen."""
        if self._current is None:
            self.refresh()
        if self._current is None:
            self._current = build_knowledge(read_folder(self._settings.content_dir))
        return self._current

    def refresh(self) -> None:
        """Look whether the store has something newer. A store that is down or broken changes nothing."""
        try:
            with self._database.reading() as connection:
                version = self._store.version(connection)
                if not version or (self._current and self._current.version == version):
                    return
                files = self._store.read(connection)
            self._current = build_knowledge(files, version=version)
            metrics.CONTENT_VERSION.set(version)
        except StorageDown:
            logger.warning("content not refreshed: the database is down")
        except Exception:
            logger.exception("content not refreshed: the live texts cannot be used, the ones in memory stay")

    async def keep_fresh(self) -> None:
        """Refresh for ever, every two seconds."""
        while True:
            await asyncio.sleep(_REFRESH_SECONDS)
            await asyncio.to_thread(self.refresh)


@dataclass(frozen=True)
class Services:
    """What commands, channels and actions work with."""

    settings: Settings
    secret: str
    database: Database
    people: People
    inbox: Inbox
    outbox: Outbox
    content: ContentStore
    feedback: Feedback
    knowledge: KnowledgeSource
    retention: Retention
    trackers: Trackers
    clock: Clock


def assemble(settings: Settings, *, clock: Clock = now) -> Services:
    """Build the services. Opens no connection yet."""
    secret = secret_of(settings)
    database = Database(settings.database)
    tracker_url = tracker_database(settings)
    trackers = Trackers(database if tracker_url == settings.database else Database(tracker_url))
    people, inbox, outbox, content = People(secret), Inbox(secret), Outbox(secret), ContentStore()
    retention = Retention(
        database=database,
        people=people,
        inbox=inbox,
        outbox=outbox,
        trackers=trackers,
        keep_words=timedelta(hours=settings.keep_words_hours),
        keep_person=timedelta(days=settings.keep_person_days),
        clock=clock,
    )
    knowledge = KnowledgeSource(settings, database, content)
    return Services(
        settings, secret, database, people, inbox, outbox, content, Feedback(), knowledge, retention, trackers, clock
    )


def open_record(services: Services) -> Record:
    """What a turn writes down and finds again."""
    return Record(
        database=services.database,
        people=services.people,
        inbox=services.inbox,
        outbox=services.outbox,
        retention=services.retention,
        clock=services.clock,
    )


def open_conversation(services: Services, *, rasa: RasaClient | None = None) -> Conversation:
    """The conversation, for processes that talk to people."""
    return Conversation(
        record=open_record(services),
        rasa=rasa or open_rasa(services),
        fair_use=FairUse() if services.settings.fair_use == "on" else None,
        knowledge=services.knowledge.current,
        clock=services.clock,
    )


def open_rasa(services: Services) -> RasaClient:
    """The line to Rasa."""
    settings = services.settings
    return RasaClient(settings.rasa_url, rasa_secret(services.secret), timeout=settings.rasa_timeout)


def prepare_database(services: Services) -> Imported:
    """Bring the tables up to date and import changed content files.

    Raises:
        StorageDown: when the database is away.
    """
    upgrade(services.database)
    files = read_folder(services.settings.content_dir)
    build_knowledge(files)  # refuses a broken folder before anything is written
    with services.database.transaction() as connection:
        done = services.content.bring_in(connection, files, at=services.clock())
    for path in done.conflicts:
        logger.warning("content: %s was edited both in the store and in the folder; the live text stays", path)
    return done


def secret_of(settings: Settings) -> str:
    """The secret from the settings; in demo mode one made on first start and kept in the data folder, for its owner only."""
    given = settings.secret_key.get_secret_value()
    if given:
        return given
    path = settings.data_dir / "secret.key"
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def tracker_database(settings: Settings) -> str:
    """Where Rasa keeps its conversations: beside ours on SQLite (two writers would wait for each other), else with ours."""
    if settings.database.startswith("sqlite"):
        return settings.database.removesuffix(".db") + "-rasa.db"
    return settings.database


def rasa_secret(secret: str) -> str:
    """What the gateway shows Rasa to be let in."""
    return derive_key(secret.split(",", maxsplit=1)[0].strip(), "rasa").hex()


def rasa_environment(settings: Settings, secret: str) -> dict[str, str]:
    """What deploy/rasa/*.yml fill in."""
    keys = ",".join(fernet_key(s.strip(), "tracker") for s in secret.split(",") if s.strip())
    return {
        "ANLU_RASA_SECRET": rasa_secret(secret),
        "ANLU_ACTIONS_URL": settings.actions_url,
        "ANLU_TRACKER_DATABASE": tracker_database(settings),
        "ANLU_TRACKER_KEYS": keys,
        "ANLU_KEEP_WORDS_HOURS": str(settings.keep_words_hours),
    }
