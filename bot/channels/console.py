"""The terminal: the same assistant, for trying it out."""

import asyncio
import secrets
import sys
import threading
from collections.abc import Callable

from bot.assembly import Services, assemble, open_conversation, open_rasa, prepare_database
from bot.conversation import TooFast
from bot.messages import Button, Incoming, Reply, Turn
from bot.settings import Settings

DOOR = "console"


async def talk(settings: Settings, write: Callable[[str], None]) -> int:
    """Talk until the end of input or "/quit"; the exit code."""
    services = assemble(settings)
    prepare_database(services)
    rasa = open_rasa(services)
    conversation = open_conversation(services, rasa=rasa)
    address = secrets.token_urlsafe(16)
    buttons: tuple[Button, ...] = ()
    write("A number taps that button; /quit ends.")
    try:
        while (line := await _read_line()) is not None and line.strip() != "/quit":
            try:
                turn = await conversation.take_turn(_incoming(line.strip(), buttons, address, services))
            except TooFast as error:
                write(f"... wait {error.seconds} s")
                continue
            buttons = _show(turn, write)
    finally:
        await rasa.close()
        services.retention.forget(services.people.pseudonym(DOOR, address))
    return 0


async def _read_line() -> str | None:
    """One line of stdin; None at its end. Read in a thread that does not keep the process alive."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[str] = loop.create_future()

    def answer(line: str) -> None:
        if not waiting.done():
            waiting.set_result(line)

    def read() -> None:
        print("> ", end="", flush=True)
        line = sys.stdin.readline()
        loop.call_soon_threadsafe(answer, line)

    threading.Thread(target=read, daemon=True).start()
    line = await waiting
    return line.rstrip("\n") if line else None


def _incoming(line: str, buttons: tuple[Button, ...], address: str, services: Services) -> Incoming:
    number = int(line) if line.isdecimal() and line.isascii() else 0
    tapped = buttons[number - 1].payload if 1 <= number <= len(buttons) else None
    return Incoming(
        door=DOOR,
        address=address,
        message_id=secrets.token_urlsafe(12),
        received_at=services.clock(),
        text=None if tapped else line,
        payload=tapped,
    )


def _show(turn: Turn, write: Callable[[str], None]) -> tuple[Button, ...]:
    """Print the replies; the buttons that can be tapped by number now."""
    buttons: list[Button] = []
    for reply in turn.replies:
        write("")
        write(_text_of(reply))
        for button in reply.buttons:
            buttons.append(button)
            write(f"   [{len(buttons)}] {button.title}")
    return tuple(buttons)


def _text_of(reply: Reply) -> str:
    lines = [reply.text]
    for card in reply.referrals:
        lines.append(f"   * {card.name}: {card.number or ', '.join(card.links)}")
        lines += [f"     {part}" for part in (card.hours, card.note) if part]
    return "\n".join(lines)
