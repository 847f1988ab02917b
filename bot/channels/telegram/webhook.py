"""Telegram posts updates to us: let in with the secret only, answered 200 only after the inbox has them."""

import hmac
import json
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from telegram import Bot

from bot.channels.telegram.polling import Take, parse
from bot.settings import Settings

LARGEST_UPDATE = 1024 * 1024
"""Bytes; an update may quote other messages with all their markup."""
_HEADER = "x-telegram-bot-api-secret-token"


def path_of(settings: Settings) -> str:
    """The path of the webhook on this server; empty when updates are polled for."""
    return (
        urlsplit(settings.telegram_webhook_url).path.rstrip("/") or "/telegram" if settings.telegram_webhook_url else ""
    )


def address_of(settings: Settings) -> str:
    """The whole address Telegram is told."""
    parts = urlsplit(settings.telegram_webhook_url)
    return f"{parts.scheme}://{parts.netloc}{path_of(settings)}"


def create_route(settings: Settings, bot: Bot, take: Take) -> APIRouter:
    """The route. A wrong secret sees what an unknown address sees."""
    routes = APIRouter(include_in_schema=False)
    secret = settings.telegram_webhook_secret.get_secret_value().encode()

    @routes.post(path_of(settings))
    async def receive(request: Request) -> Response:
        """Take one update."""
        if not hmac.compare_digest(request.headers.get(_HEADER, "").encode(), secret):
            return Response('{"error":"not_found","detail":"Not Found"}', 404, media_type="application/json")
        try:
            update = parse(json.loads(await request.body()), bot)
        except ValueError:
            return Response(status_code=400)
        if update is None or await take([update]):
            return Response(status_code=200)
        return Response(status_code=503, headers={"Retry-After": "5"})

    return routes
