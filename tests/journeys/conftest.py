"""What the journeys share: all processes with proxies between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workbench import Workbench, open_workbench


@pytest.fixture(scope="session")
def workbench(anlu: str, anlu_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A second Anlu whose parts can be held, broken and killed; everything works again when a test gets it."""
    bench = open_workbench(tmp_path_factory.mktemp("workbench") / "data", anlu_data)
    try:
        yield bench.start()
    finally:
        bench.stop()
