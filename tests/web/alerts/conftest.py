"""What the tests of alerts share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("argon2", reason="needs the extra newsblotter[web]")

from web.alerts.blotter import Blotter


@pytest.fixture
def blotter(tmp_path: Path) -> Iterator[Blotter]:
    opened = Blotter(tmp_path / "incidents.db")
    yield opened
    opened.desk.close()
    opened.store.close()
