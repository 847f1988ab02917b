"""The web chat's JSON interface, exactly as the interface document promises, and its page.

A conversation's id is unguessable and is all that opens it; the server keeps it sealed, and finds it by its pseudonym.
"""

import asyncio
import json
import logging
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field, field_validator, model_validator
from sse_starlette.sse import EventSourceResponse
from starlette.exceptions import HTTPException

from bot.assembly import Services
from bot.conversation import Conversation, TooFast
from bot.inbox import Accepted
from bot.languages.catalogue import DEFAULT, LANGUAGES
from bot.languages.text import LONGEST
from bot.messages import Incoming, Turn
from bot.payloads import parse_payload
from bot.safety.limits import FairUse
from bot.storage.engine import StorageDown

logger = logging.getLogger(__name__)

DOOR = "web"
LARGEST_BODY = 64 * 1024
"""Bytes of one request; a message of 4,096 characters fits many times over."""
_ID = r"^[A-Za-z0-9_-]{16,64}$"
_LAST_SEQUENCE = 2**63 - 1
"""The largest number a database counts to."""
_HERE = Path(__file__).parent / "webchat"
_LEFT_OPEN = {mark: f"{{{mark}}}" for mark in ("number", "hours", "languages")}
"""Marks in the page's words that the page itself fills in."""


class MessageIn(BaseModel):
    """What a person sends."""

    conversation_id: str | None = Field(None, pattern=_ID)
    message_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="for sending again safely")
    text: str | None = None
    payload: str | None = Field(None, max_length=64)
    language: str | None = Field(None, max_length=8)

    @field_validator("payload")
    @classmethod
    def _known_payload(cls, value: str | None) -> str | None:
        if value is not None and parse_payload(value) is None:
            raise ValueError("is not the payload of any button")
        return value

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str | None) -> str | None:
        if value is not None and value not in LANGUAGES:
            raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
        return value

    @model_validator(mode="after")
    def _something_said(self) -> "MessageIn":
        if not (self.text and self.text.strip()) and not self.payload:
            raise ValueError("text or payload must be given, and not be empty")
        return self


class ReferralOut(BaseModel):
    """A service to turn to."""

    id: str
    name: str
    number: str | None
    abroad: str | None
    hours: str | None
    languages: list[str]
    note: str | None
    links: list[str]
    text_only: bool = False


class ButtonOut(BaseModel):
    """One tap."""

    title: str
    payload: str


class MessageOut(BaseModel):
    """One message to a person."""

    kind: str
    topic: str | None
    text: str
    buttons: list[ButtonOut]
    image: str | None
    audio: str | None
    referrals: list[ReferralOut]


class TurnOut(BaseModel):
    """The answer to a message."""

    conversation_id: str
    language: str
    mode: str
    emergency: bool
    sequence: int = Field(description="pass as `after` to ask for what came later")
    messages: list[MessageOut]


class LaterMessageOut(MessageOut):
    """One message and where it stands in the conversation, so that none is shown twice."""

    sequence: int


class LaterOut(BaseModel):
    """What came since."""

    conversation_id: str
    sequence: int
    messages: list[LaterMessageOut]


class ErrorOut(BaseModel):
    """What went wrong, for the program and for a person."""

    error: str
    detail: str


def create_routes(services: Services, conversation: Conversation) -> APIRouter:
    """The JSON interface."""
    routes = APIRouter(prefix="/api/v1", responses={422: {"model": ErrorOut}})
    new_conversations = FairUse()

    @routes.post("/messages", response_model=TurnOut, responses={429: {"model": ErrorOut}, 413: {"model": ErrorOut}})
    async def send(message: MessageIn, request: Request) -> Response:
        """Send a message or a button's payload; the answer comes back with it."""
        address = message.conversation_id
        if address is None:
            wait = new_conversations.wait_for_address(request.client.host if request.client else "")
            if wait and not (message.text and conversation.hear(_incoming(message, "", services)).danger):
                raise TooFast(wait)
            address = secrets.token_urlsafe(24)
        return JSONResponse(_turn(await conversation.take_turn(_incoming(message, address, services))))

    @routes.get("/messages", response_model=LaterOut, responses={404: {"model": ErrorOut}})
    async def later(
        conversation_id: Annotated[str, Query(pattern=_ID)], after: Annotated[int, Query(ge=0, le=_LAST_SEQUENCE)] = 0
    ) -> dict[str, Any]:
        """What was said since a sequence."""
        found = await asyncio.to_thread(_since, services, conversation_id, after)
        if found is None:
            raise HTTPException(404, "no such conversation")
        return found

    @routes.get("/stream", responses={404: {"model": ErrorOut}})
    async def stream(
        request: Request,
        conversation_id: Annotated[str, Query(pattern=_ID)],
        after: Annotated[int, Query(ge=0, le=_LAST_SEQUENCE)] = 0,
    ) -> EventSourceResponse:
        """The same as server-sent events; the event's id is the sequence to go on from."""
        last = request.headers.get("last-event-id", "")
        start = min(int(last), _LAST_SEQUENCE) if re.fullmatch("[0-9]{1,20}", last) else after
        if await asyncio.to_thread(_since, services, conversation_id, start) is None:
            raise HTTPException(404, "no such conversation")
        return EventSourceResponse(_events(services, conversation_id, start), ping=15)

    @routes.delete("/conversations/{conversation_id}", status_code=204, responses={404: {"model": ErrorOut}})
    async def forget(conversation_id: str) -> Response:
        """Forget a conversation and everything in it."""
        handle = services.people.pseudonym(DOOR, conversation_id)
        if await asyncio.to_thread(_since, services, conversation_id, 0) is None:
            raise HTTPException(404, "no such conversation")
        await asyncio.to_thread(services.retention.forget, handle)
        return Response(status_code=204)

    return routes


def create_pages(services: Services) -> APIRouter:
    """The web chat's page, and its words for when another language is chosen on it."""
    pages = APIRouter(include_in_schema=False)
    templates = Jinja2Templates(_HERE / "templates")

    @pages.get("/", response_class=HTMLResponse)
    async def chat(request: Request) -> Response:
        """The chat, in the language the browser asks for until the person says otherwise."""
        wanted = request.query_params.get("language") or _accepted(request.headers.get("accept-language", ""))
        language = wanted if wanted in LANGUAGES else DEFAULT
        return templates.TemplateResponse(
            request,
            "chat.html",
            {
                "page": _page_words(services, language),
                "languages": list(LANGUAGES.values()),
                "longest": LONGEST,
                "exit_url": services.settings.quick_exit_url,
            },
        )

    @pages.get("/words")
    async def words(language: Annotated[str, Query(max_length=8)]) -> dict[str, Any]:
        """What the page says in another language."""
        if language not in LANGUAGES:
            raise HTTPException(404, "no such language")
        return _page_words(services, language)

    return pages


def _page_words(services: Services, language: str) -> dict[str, Any]:
    """All that the page itself says in a language: its labels, the first buttons, and the numbers that work without us."""
    knowledge = services.knowledge.current()
    numbers = knowledge.directory.emergency(area=None, language=language, at=services.clock())
    cards = [knowledge.directory.card(service, language=language, named_area=True) for service in numbers]
    texts = knowledge.texts
    keys = sorted({key for shelf in texts.phrases.values() for key in shelf if _is_of_the_page(key)})
    return {
        "language": language,
        "words": {key: texts.phrase(key, language, **_LEFT_OPEN) for key in keys},
        "starters": [{"title": texts.phrase(f"group_{g}", language), "payload": f"menu:{g}"} for g in texts.groups],
        "numbers": [{"name": c.name, "number": c.number, "text_only": c.text_only} for c in cards if c.number],
    }


def _is_of_the_page(key: str) -> bool:
    return key.startswith("web_") or key in ("button_forget_yes", "button_forget_no", "forgotten")


def mount(app: FastAPI, services: Services, conversation: Conversation) -> None:
    """Put the web chat onto an application."""
    app.include_router(create_routes(services, conversation))
    app.include_router(create_pages(services))
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(TooFast, _too_fast)
    app.add_exception_handler(StorageDown, _storage_down)
    app.add_exception_handler(Exception, _broken)


async def answer_open_messages(services: Services, conversation: Conversation) -> int:
    """Answer what was accepted before a crash and not answered; how many. The answers wait in the outbox."""
    with services.database.transaction() as connection:
        waiting = services.inbox.open_messages(connection, door=DOOR)
    answered = 0
    for inbox_id, incoming in waiting:
        try:
            await conversation.answer(Accepted(inbox_id, fresh=False, done=False), incoming)
            answered += 1
        except Exception:  # one that breaks us must not keep the others waiting
            logger.exception("a message from before the last stop could not be answered")
    return answered


# ---- pieces ----


def _incoming(message: MessageIn, address: str, services: Services) -> Incoming:
    return Incoming(
        door=DOOR,
        address=address,
        message_id=message.message_id or secrets.token_urlsafe(12),
        received_at=services.clock(),
        text=message.text,
        payload=message.payload,
        language=message.language,
        chosen=message.language is not None,
    )


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "conversation_id": turn.conversation,
        "language": turn.language,
        "mode": turn.mode,
        "emergency": turn.emergency,
        "sequence": turn.sequence,
        "messages": [reply.as_json() for reply in turn.replies],
    }


def _since(services: Services, conversation_id: str, after: int) -> dict[str, Any] | None:
    handle = services.people.pseudonym(DOOR, conversation_id)
    with services.database.reading() as connection:
        if services.people.find(connection, handle) is None:
            return None
        found = services.outbox.after(connection, handle=handle, sequence=after)
    return {
        "conversation_id": conversation_id,
        "sequence": max([after, *(due.sequence for due in found)]),
        "messages": [{**due.reply.as_json(), "sequence": due.sequence} for due in found],
    }


async def _events(services: Services, conversation_id: str, after: int) -> AsyncIterator[dict[str, str]]:
    """New replies as they come; ends when the conversation is forgotten."""
    while True:
        try:
            found = await asyncio.to_thread(_since, services, conversation_id, after)
        except StorageDown:
            await asyncio.sleep(2)
            continue
        if found is None:
            return
        if found["messages"]:
            after = found["sequence"]
            yield {"id": str(after), "event": "messages", "data": json.dumps(found, ensure_ascii=False)}
        await asyncio.sleep(0.7)


def _accepted(header: str) -> str | None:
    """The first language of an Accept-Language header that Anlu speaks."""
    for part in header.split(","):
        code = part.split(";")[0].strip().split("-")[0].lower()
        if code in LANGUAGES:
            return code
    return None


# ---- errors: a line for the program, a line for a person, never a trace ----


def _error(status: int, error: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": error, "detail": detail}, status_code=status, headers=headers)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    if any(p["type"] == "json_invalid" for p in problems):
        return _error(400, "invalid_json", "the body is not valid JSON")
    parts = []
    for problem in problems:
        where = ".".join(str(p) for p in problem["loc"] if p not in ("body", "query"))
        parts.append(f"{where} {problem['msg'].removeprefix('Value error, ')}".strip())
    return _error(422, "invalid", "; ".join(parts))


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    names = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    return _error(error.status_code, names.get(error.status_code, "refused"), str(error.detail))


async def _too_fast(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooFast)
    return _error(429, "too_many", "please wait a moment", {"Retry-After": str(error.seconds)})


async def _storage_down(_request: Request, _error_: Exception) -> JSONResponse:
    return _error(503, "storage_down", "the store does not answer; please try again", {"Retry-After": "5"})


async def _broken(_request: Request, error: Exception) -> JSONResponse:
    logger.error("a request failed", exc_info=error)
    return _error(500, "failed", "something went wrong here; please try again")
