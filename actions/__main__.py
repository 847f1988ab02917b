"""Starts the action server on loopback: `python -m actions --port P`.

The SDK's own command starts a second process beside the one that answers; this one answers itself, in half the memory.
"""

import argparse
import warnings

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

import actions
from actions._services import services


def main() -> None:
    """Serve until stopped."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, required=True)
    given = arguments.parse_args()
    # The SDK is newer than Rasa on purpose: its answers keep the form Rasa 3.6 asks for (docs/decisions/0001).
    warnings.filterwarnings("ignore", message="Your versions of rasa")
    executor = ActionExecutor()
    executor.register_package(actions)
    services().knowledge.current()  # read before the first question, not during it
    app = create_app(executor)
    app.add_task(services().knowledge.keep_fresh())
    app.run(host="127.0.0.1", port=given.port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
