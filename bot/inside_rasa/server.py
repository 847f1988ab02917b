"""Starts Rasa's server on loopback with one model: `python -m bot.inside_rasa.server --model M --port P`.

Rasa's own command line does the same after importing every sub-command (training, testing, visualisation, the vendor's
telemetry); this starts in half the time and memory, and silences the loggers that would write a person's words.
"""

import argparse
import logging
import warnings


def main() -> None:
    """Parse the arguments and serve until stopped."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--model", required=True)
    arguments.add_argument("--port", type=int, required=True)
    given = arguments.parse_args()
    warnings.filterwarnings("ignore")
    quiet_logs()
    import rasa.core.run
    from rasa.core.utils import AvailableEndpoints

    from bot.inside_rasa.action_answers import check_schema_once

    check_schema_once()
    rasa.core.run.serve_application(
        given.model,
        interface="127.0.0.1",
        port=given.port,
        credentials="deploy/rasa/credentials.yml",
        endpoints=AvailableEndpoints.read_endpoints("deploy/rasa/endpoints.yml"),
        enable_api=False,
        request_timeout=30,
    )


def quiet_logs() -> None:
    """Only warnings of ours and errors of Rasa's: its debug and exception records quote messages."""
    import structlog
    from rasa.utils.common import configure_logging_and_warnings

    configure_logging_and_warnings(logging.ERROR, warn_only_once=True, filter_repeated_logs=True)
    logging.getLogger("rasa").setLevel(logging.ERROR)
    logging.getLogger("bot").setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


if __name__ == "__main__":
    main()
