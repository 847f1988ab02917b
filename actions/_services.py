"""The services actions work with, built when first asked for: nothing happens when Rasa's server imports this package."""

import functools

from bot import logs
from bot.assembly import Services, assemble
from bot.settings import load


@functools.cache
def services() -> Services:
    """One set of services for the process."""
    logs.set_up()
    return assemble(load())
