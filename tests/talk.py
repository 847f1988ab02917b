"""A person at the chat interface, over real HTTP: she writes or taps, and looks at what comes back."""

import secrets
from typing import Any

import httpx

MESSAGES = "/api/v1/messages"


class Answer:
    """One answer of the interface."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.seconds = response.elapsed.total_seconds()
        self.body: dict[str, Any] = response.json()
        assert self.status == 200, f"{self.status}: {self.body}"

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Everything she is shown."""
        return list(self.body["messages"])

    @property
    def first(self) -> dict[str, Any]:
        """What she sees first."""
        return self.messages[0]

    @property
    def kinds(self) -> list[str]:
        """The kinds of the messages, in order."""
        return [m["kind"] for m in self.messages]

    @property
    def topics(self) -> set[str]:
        """The topics that were answered."""
        return {m["topic"] for m in self.messages if m["topic"]}

    @property
    def text(self) -> str:
        """All she reads, buttons left out."""
        return "\n".join(m["text"] for m in self.messages)

    @property
    def payloads(self) -> list[str]:
        """What her buttons send."""
        return [b["payload"] for m in self.messages for b in m["buttons"]]

    @property
    def numbers(self) -> list[str]:
        """The ids of the services she is shown."""
        return [r["id"] for m in self.messages for r in m["referrals"]]

    @property
    def asks_place(self) -> bool:
        """Whether she is asked where she is."""
        return sum(m["kind"] == "menu" and "areas" in [b["payload"] for b in m["buttons"]] for m in self.messages) == 1

    @property
    def language(self) -> str:
        """The language of the answer."""
        return str(self.body["language"])


class Talk:
    """One person's conversation."""

    def __init__(self, url: str, *, language: str | None = None) -> None:
        self.url = url
        self.id = secrets.token_urlsafe(18)
        self._language = language
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def post(self, **body: Any) -> httpx.Response:
        """Send a body as it is, in her conversation."""
        wish = {"language": self._language} if self._language else {}
        return self.http.post(MESSAGES, json={"conversation_id": self.id, **wish, **body})

    def say(self, text: str, **body: Any) -> Answer:
        """Write a text."""
        return Answer(self.post(text=text, **body))

    def tap(self, payload: str, **body: Any) -> Answer:
        """Tap a button."""
        return Answer(self.post(payload=payload, **body))

    def since(self, sequence: int = 0) -> dict[str, Any]:
        """What the conversation holds after a sequence."""
        response = self.http.get(MESSAGES, params={"conversation_id": self.id, "after": sequence})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def forget(self) -> int:
        """Delete the conversation; the status."""
        return self.http.delete(f"/api/v1/conversations/{self.id}").status_code
