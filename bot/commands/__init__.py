"""What the command line does; bot.cli reads the arguments and calls these."""

import json
from collections.abc import Callable
from typing import Any


class CommandError(Exception):
    """What a person did or must do, in one line."""


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


def show(result: dict[str, Any], as_json: bool, lines: Callable[[dict[str, Any]], list[str]]) -> int:
    """Print a result, as JSON or as the lines made of it."""
    say(json.dumps(result, ensure_ascii=False, indent=1) if as_json else "\n".join(lines(result)))
    return 0
