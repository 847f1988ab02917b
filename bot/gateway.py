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

from bot import metrics
from bot.assembly import Services, open_conversation, open_rasa, prepare_database
from bot.channels import web
from bot.storage.engine import StorageDown

logger = logging.getLogger(__name__)

_PURGE_SECONDS = 600.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


def create_app(services: Services) -> FastAPI:
    """The application uvicorn serves."""
    rasa = open_rasa(services)
    conversation = open_conversation(services, rasa=rasa)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        """Get ready, run what runs in the background, and stop it again."""
        try:
            await asyncio.to_thread(prepare_database, services)
        except StorageDown:
            logger.error("starting without the database: only emergency answers until it is back")
        services.knowledge.current()
        work = [
            asyncio.create_task(services.knowledge.keep_fresh()),
            asyncio.create_task(_purge_for_ever(services)),
            asyncio.create_task(web.answer_open_messages(services, conversation)),
        ]
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
    app.middleware("http")(_guard)
    _add_operator_routes(app, services, rasa.answers)
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse what is too large before it is read, and send the headers that keep the page to itself."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > web.LARGEST_BODY or "transfer-encoding" in request.headers:
        response: Response = JSONResponse(
            {"error": "too_large", "detail": f"a request may hold {web.LARGEST_BODY} bytes"}, status_code=413
        )
    else:
        response = await call_next(request)
    response.headers.update(_HEADERS)
    return response


def _add_operator_routes(app: FastAPI, services: Services, rasa_ready: Callable[[], Awaitable[bool]]) -> None:
    networks = [ipaddress.ip_network(n.strip()) for n in services.settings.operator_networks.split(",") if n.strip()]

    def is_operator(request: Request) -> bool:
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


async def _purge_for_ever(services: Services) -> None:
    while True:
        await asyncio.sleep(_PURGE_SECONDS)
        try:
            await asyncio.to_thread(services.retention.purge)
        except StorageDown:
            logger.warning("purge put off: the database is down")
