"""The gateway process: every door to people in one application, with health, metrics and the work that time brings."""

import asyncio
import contextlib
import ipaddress
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics
from bot.assembly import Services, open_conversation, open_rasa, prepare_database
from bot.channels import web
from bot.channels.telegram import LARGEST_UPDATE, open_door, webhook_path
from bot.conversation import Conversation
from bot.languages.catalogue import LANGUAGES
from bot.languages.chinese import traditionalise
from bot.languages.detection import detect
from bot.languages.text import matching_form
from bot.storage.engine import StorageDown

logger = logging.getLogger(__name__)

_PURGE_SECONDS = 600.0
_LOOK_AGAIN_SECONDS = 2.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": _POLICY,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
        "cache-control": "no-store",
    }.items()
]


def create_app(services: Services) -> FastAPI:
    """The application uvicorn serves."""
    rasa = open_rasa(services)
    conversation = open_conversation(services, rasa=rasa)
    telegram = open_door(services, conversation) if services.settings.telegram_token.get_secret_value() else None

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        """Get ready, run what runs in the background, and stop it again."""
        prepared = await asyncio.to_thread(_prepare, services)
        services.knowledge.current()
        await asyncio.to_thread(_warm_up)
        work = [
            asyncio.create_task(services.knowledge.keep_fresh()),
            asyncio.create_task(_purge_for_ever(services)),
            asyncio.create_task(_answer_what_waits(services, conversation, prepared)),
        ]
        if telegram:
            work.append(asyncio.create_task(telegram.run()))
        yield
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await rasa.close()
        services.database.dispose()

    app = FastAPI(
        title="Anlu",
        version="1",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    web.mount(app, services, conversation)
    webhook = telegram.routes() if telegram else None
    if webhook:
        app.include_router(webhook)
    app.add_middleware(Guard, larger={webhook_path(services.settings): LARGEST_UPDATE} if webhook else {})
    _add_operator_routes(app, services, rasa.answers)
    return app


class Guard:
    """Refuses what is too large before it is read, and sends the headers that keep a page to itself.

    Plain ASGI: the framework's own middleware class costs a task per request and holds back streams.
    """

    def __init__(self, app: ASGIApp, *, larger: dict[str, int]) -> None:
        self._app = app
        self._larger = larger  # paths that take more bytes than the rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        largest = self._larger.get(scope["path"], web.LARGEST_BODY)
        if b"transfer-encoding" in headers or not length.isdigit() or int(length) > largest:
            refusal = {"error": "too_large", "detail": f"a request may hold {largest} bytes"}
            await JSONResponse(refusal, status_code=413)(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def _add_operator_routes(app: FastAPI, services: Services, rasa_ready: Callable[[], Awaitable[bool]]) -> None:
    networks = [ipaddress.ip_network(n.strip()) for n in services.settings.operator_networks.split(",") if n.strip()]

    def is_operator(request: Request) -> bool:
        if "x-forwarded-for" in request.headers and not services.settings.trusted_proxies:
            return False  # it came through a proxy nobody told us of, so its address is not the sender's
        try:
            address = ipaddress.ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        return any(address in network for network in networks)

    def hidden() -> Response:
        return JSONResponse({"error": "not_found", "detail": "Not Found"}, status_code=404)

    @app.get("/health/live", include_in_schema=False)
    async def live(request: Request) -> Response:
        """200 while the process runs."""
        return JSONResponse({"live": True}) if is_operator(request) else hidden()

    @app.get("/health/ready", include_in_schema=False)
    async def ready(request: Request) -> Response:
        """200 when the whole chain answers, else 503; names each part."""
        if not is_operator(request):
            return hidden()
        parts = {
            "database": await asyncio.to_thread(_database_answers, services),
            "actions": await _actions_answer(services.settings.actions_url),
            "dialogue": await rasa_ready(),
            "content": not services.knowledge.current().texts.problems,
        }
        return JSONResponse(
            {"ready": all(parts.values()), "parts": parts}, status_code=200 if all(parts.values()) else 503
        )

    @app.get("/metrics", include_in_schema=False)
    async def show_metrics(request: Request) -> Response:
        """Prometheus text."""
        if not is_operator(request):
            return hidden()
        with contextlib.suppress(StorageDown):
            counts = await asyncio.to_thread(_count_outbox, services)
            for state in ("due", "sent", "dead"):
                metrics.OUTBOX.labels(state).set(counts.get(state, 0))
        return PlainTextResponse(generate_latest(metrics.REGISTRY), media_type="text/plain; version=0.0.4")


def _database_answers(services: Services) -> bool:
    try:
        with services.database.transaction() as connection:
            services.content.version(connection)
        return True
    except StorageDown:
        return False


def _count_outbox(services: Services) -> dict[str, int]:
    with services.database.reading() as connection:
        return services.outbox.count(connection)


async def _actions_answer(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=1.0, trust_env=False) as client:
            return (await client.get(f"{url}/health")).status_code == 200
    except httpx.HTTPError:
        return False


def _warm_up() -> None:
    """Load the language data now: the first message may be a cry for help, and loading takes more than a second."""
    detect("language data")
    traditionalise(matching_form(LANGUAGES["zh"].own_name))


def _prepare(services: Services) -> bool:
    """Bring tables and texts up to date; False while the database is away."""
    try:
        prepare_database(services)
        return True
    except StorageDown:
        logger.error("the database is away: only emergency answers and numbers until it is back")
        return False


async def _answer_what_waits(services: Services, conversation: Conversation, prepared: bool) -> None:
    """Once the database is there: the messages that a crash left unanswered."""
    while not prepared:
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        prepared = await asyncio.to_thread(_prepare, services)
    while True:
        try:
            await web.answer_open_messages(services, conversation)
            return
        except StorageDown:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def _purge_for_ever(services: Services) -> None:
    while True:
        await asyncio.sleep(_PURGE_SECONDS)
        try:
            await asyncio.to_thread(services.retention.purge)
        except StorageDown:
            logger.warning("purge put off: the database is down")
