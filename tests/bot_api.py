"""A stand-in for Telegram's Bot API over real HTTP: updates with offsets and long polling, chats with messages, and faults.

It keeps to what https://core.telegram.org/bots/api says of the methods we call; whatever is sent is checked for the limits
Telegram has, and refused as Telegram would.
"""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

TOKEN = "123456:TEST-token-for-the-stand-in"


@dataclass
class Sent:
    """A message the bot sent."""

    chat: int
    message_id: int
    text: str
    rows: list[list[dict[str, str]]]
    at: float

    @property
    def titles(self) -> list[str]:
        return [button["text"] for row in self.rows for button in row]

    def data(self, title: str) -> str:
        """The callback data of a button."""
        return next(b["callback_data"] for row in self.rows for b in row if b["text"] == title)


@dataclass
class Fault:
    """What goes wrong with matching calls: an HTTP answer, or none at all (`drop`), before or `after` the real work."""

    method: str
    chat: int | None = None
    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    times: int = 1
    after: bool = False
    drop: bool = False
    hang: float = 0.0


class Call(NamedTuple):
    """One request of the bot."""

    method: str
    params: dict[str, Any]
    at: float


class Refusal(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters


class BotApi:
    """The server. Use as a context manager; `url` is what the bot is told."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.sent: list[Sent] = []
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.pending: list[dict[str, Any]] = []
        self.again: list[dict[str, Any]] = []
        self.visible: dict[int, dict[int, str]] = {}
        self.webhook: dict[str, Any] = {}
        self.webhook_answers: list[int] = []
        self._update_ids = itertools.count(1000)
        self._message_ids = itertools.count(1)
        self._chats = itertools.count(50_001)
        self._closed = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "BotApi":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        threading.Thread(target=self._post_for_ever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with self.changed:
            self._closed = True
            self.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    # ---- what a test does ----

    def person(self, language: str = "en") -> "Correspondent":
        """Somebody new with a private chat."""
        return Correspondent(self, next(self._chats), language)

    def push(self, kind: str, content: dict[str, Any], *, update_id: int | None = None) -> dict[str, Any]:
        """Queue an update."""
        with self.changed:
            update = {"update_id": next(self._update_ids) if update_id is None else update_id, kind: content}
            self.pending.append(update)
            self.changed.notify_all()
        return update

    def deliver_again(self, update: dict[str, Any]) -> None:
        """Deliver an update once more, confirmed or not, as Telegram may."""
        with self.changed:
            self.again.append(update)
            self.changed.notify_all()

    def fail(self, method: str, **details: Any) -> Fault:
        """Let calls go wrong; see Fault."""
        fault = Fault(method.lower(), **details)
        with self.changed:
            self.faults.append(fault)
        return fault

    def to(self, chat: int) -> list[Sent]:
        """What the bot sent to a chat."""
        with self.changed:
            return [s for s in self.sent if s.chat == chat]

    def calls_of(self, method: str, chat: int | None = None) -> list[Call]:
        """The requests for a method."""
        with self.changed:
            return [
                c for c in self.calls if c.method == method.lower() and chat in (None, int(c.params.get("chat_id", 0)))
            ]

    def wait(self, condition: Callable[[], bool], seconds: float = 10.0) -> bool:
        """Wait until something is so; whether it came to be."""
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True

    # ---- what the bot does ----

    def perform(self, method: str, params: dict[str, Any]) -> Any:
        """Carry out one call."""
        work = getattr(self, f"_do_{method}", None)
        if work is None:
            raise Refusal(404, "Not Found")
        return work(params)

    def fault_for(self, method: str, params: dict[str, Any]) -> Fault | None:
        """The fault this call meets; it is used up by that."""
        with self.changed:
            self.calls.append(Call(method, params, time.monotonic()))
            for fault in self.faults:
                if fault.method == method and fault.chat in (None, int(params.get("chat_id", 0))) and fault.times:
                    fault.times -= 1
                    return fault
        return None

    def _do_getme(self, _params: dict[str, Any]) -> Any:
        return {"id": 1, "is_bot": True, "first_name": "Anlu", "username": "anlu_test_bot"}

    def _do_getupdates(self, params: dict[str, Any]) -> Any:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset, limit = int(params.get("offset", 0)), int(params.get("limit", 100))
        until = time.monotonic() + min(float(params.get("timeout", 0)), 3.0)
        with self.changed:
            while True:
                self.pending = [
                    u for u in self.pending if not offset or u["update_id"] >= offset or offset - u["update_id"] > 10**6
                ]
                found = [*self.again, *self.pending][:limit]
                self.again = []
                left = until - time.monotonic()
                if found or left <= 0 or self._closed:
                    return found
                self.changed.wait(left)

    def _do_sendmessage(self, params: dict[str, Any]) -> Any:
        text, chat = params.get("text", ""), int(params["chat_id"])
        rows = json.loads(params.get("reply_markup", "{}")).get("inline_keyboard", [])
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        if any(len(b["callback_data"].encode()) > 64 for row in rows for b in row):
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        with self.changed:
            number = self.next_message(chat, text)
            self.sent.append(Sent(chat, number, text, rows, time.monotonic()))
            self.changed.notify_all()
        kind = "private" if chat > 0 else "group"
        return {"message_id": number, "date": int(time.time()), "chat": {"id": chat, "type": kind}, "text": text}

    def _do_deletemessages(self, params: dict[str, Any]) -> Any:
        numbers = json.loads(params["message_ids"])
        if not 1 <= len(numbers) <= 100:
            raise Refusal(400, "Bad Request: too many messages to delete")
        with self.changed:
            for number in numbers:
                self.visible.get(int(params["chat_id"]), {}).pop(number, None)
        return True

    def _do_setwebhook(self, params: dict[str, Any]) -> Any:
        with self.changed:
            self.webhook = params
            self.changed.notify_all()
        return True

    def _do_deletewebhook(self, _params: dict[str, Any]) -> Any:
        with self.changed:
            self.webhook = {}
        return True

    def _do_getwebhookinfo(self, _params: dict[str, Any]) -> Any:
        url = self.webhook.get("url", "")
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self.pending)}

    def _yes(self, _params: dict[str, Any]) -> Any:
        return True

    _do_answercallbackquery = _do_leavechat = _do_sendchataction = _yes
    _do_setmycommands = _do_setmydescription = _do_setmyshortdescription = _do_editmessagetext = _yes

    def _do_deletemessage(self, params: dict[str, Any]) -> Any:
        return self._do_deletemessages({"chat_id": params["chat_id"], "message_ids": f"[{params['message_id']}]"})

    def next_message(self, chat: int, text: str) -> int:
        """A new message in a chat, of either side."""
        number = next(self._message_ids)
        self.visible.setdefault(chat, {})[number] = text
        return number

    def _post_for_ever(self) -> None:
        """Webhook delivery: in order, again and again until it is taken."""
        while not self._closed:
            with self.changed:
                if not (self.webhook and self.pending):
                    self.changed.wait(0.2)
                    continue
                update, hook = self.pending[0], dict(self.webhook)
            status = post_update(hook["url"], update, hook.get("secret_token", ""))
            self.webhook_answers.append(status)
            if 200 <= status < 300:
                with self.changed:
                    self.pending.remove(update)
            else:
                time.sleep(0.2)


def post_update(url: str, update: dict[str, Any], secret: str | None) -> int:
    """Post one update as Telegram does; the status of the answer, 0 for none."""
    parts = urlsplit(url)
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("POST", parts.path, json.dumps(update), headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@dataclass
class Correspondent:
    """A person with a Telegram app."""

    api: BotApi
    chat: int
    language: str
    name: str = "Srey"
    _seen: int = 0

    @property
    def user(self) -> dict[str, Any]:
        return {"id": self.chat, "is_bot": False, "first_name": self.name, "language_code": self.language}

    def message(self, **content: Any) -> dict[str, Any]:
        """A message of hers in the private chat."""
        with self.api.changed:
            number = self.api.next_message(self.chat, str(content))
        place = {"id": self.chat, "type": "private", "first_name": self.name}
        return {"message_id": number, "date": int(time.time()), "chat": place, "from": self.user, **content}

    def writes(self, text: str, **more: Any) -> dict[str, Any]:
        """She sends words."""
        return self.api.push("message", self.message(text=text), **more)

    def sends(self, **content: Any) -> dict[str, Any]:
        """She sends something else."""
        return self.api.push("message", self.message(**content))

    def edits(self, update: dict[str, Any], text: str) -> dict[str, Any]:
        """She changes what she wrote."""
        return self.api.push("edited_message", {**update["message"], "text": text, "edit_date": int(time.time())})

    def taps(self, sent: Sent, data: str) -> dict[str, Any]:
        """She taps a button, by its title, or with callback data of her own making."""
        data = sent.data(data) if data in sent.titles else data
        bot = {"id": 1, "is_bot": True, "first_name": "Anlu"}
        place = {"chat": {"id": self.chat, "type": "private"}, "from": bot, "date": int(time.time())}
        message = {"message_id": sent.message_id, "text": sent.text, **place}
        number = f"tap-{time.monotonic_ns()}"
        query = {"id": number, "from": self.user, "chat_instance": "1", "message": message, "data": data}
        return self.api.push("callback_query", query)

    def gets(self, count: int = 1, seconds: float = 10.0) -> list[Sent]:
        """The next messages she has not looked at yet; at least `count`, and whatever follows within a moment."""
        assert self.api.wait(lambda: len(self.api.to(self.chat)) >= self._seen + count, seconds), (
            f"{count} messages wanted, got {[s.text[:60] for s in self.api.to(self.chat)[self._seen :]]}"
        )
        while True:
            before = len(self.api.to(self.chat))
            time.sleep(0.4)
            if len(self.api.to(self.chat)) == before:
                break
        found = self.api.to(self.chat)[self._seen :]
        self._seen += len(found)
        return found

    @property
    def sees(self) -> dict[int, str]:
        """What is in her chat now."""
        with self.api.changed:
            return dict(self.api.visible.get(self.chat, {}))


def _handler(api: BotApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if "json" in self.headers.get("Content-Type", ""):
                params = json.loads(body or b"{}")
            else:
                params = {key: values[0] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}
            _, bot, method = self.path.split("/", 2)
            if bot != f"bot{TOKEN}":
                self.answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
                return
            self.serve(method.lower(), params)

        do_GET = do_POST

        def serve(self, method: str, params: dict[str, Any]) -> None:
            fault = api.fault_for(method, params)
            try:
                result = None if fault and not fault.after else api.perform(method, params)
            except Refusal as refusal:
                self.refuse(refusal.status, str(refusal), refusal.parameters)
                return
            if fault is None:
                self.answer(200, {"ok": True, "result": result})
                return
            time.sleep(fault.hang)
            if fault.drop or fault.hang:
                self.close_connection = True
                return
            parameters = {"retry_after": fault.retry_after} if fault.retry_after else {}
            self.refuse(fault.status, fault.description, parameters)

        def refuse(self, status: int, description: str, parameters: dict[str, int]) -> None:
            answer: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
            self.answer(status, {**answer, "parameters": parameters} if parameters else answer)

        def answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

    return Handler
