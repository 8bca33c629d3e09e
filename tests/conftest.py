"""Fixtures for all tests."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from calc_host import NO_UNO, find_uno_python
from hypothesis import HealthCheck, settings
from judge import NO_PDFTOPPM, NO_SOFFICE, find_pdftoppm, find_soffice, unavailable

from cchc_xl.receiving.cache import PLACE

# What a property says does not depend on the machine's speed; in CI the cases are the same in every run. Fixtures that
# properties use hold nothing that a case changes.
settings.register_profile(
    "cchc",
    deadline=None,
    derandomize=bool(os.environ.get("CCHC_CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("cchc")


@pytest.fixture(scope="session", autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What merges remember of files, and the log, stand in a folder of the tests, never in the user's own."""
    os.environ[PLACE] = str(tmp_path_factory.mktemp("store"))
    os.environ["LOCALAPPDATA"] = str(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """No test reaches another machine: what they cover works without any."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("network")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, forbidden, raising=False)
        for name in ("create_connection", "getaddrinfo", "gethostbyname"):
            patch.setattr(socket, name, forbidden)
        yield


@pytest.fixture(scope="session")
def soffice() -> Path:
    """LibreOffice; skips what needs it where it is missing, and fails it where CCHC_CI is set."""
    return find_soffice() or unavailable(NO_SOFFICE)


@pytest.fixture(scope="session")
def pdftoppm() -> Path:
    """Poppler's pdftoppm, on the same terms."""
    return find_pdftoppm() or unavailable(NO_PDFTOPPM)


@pytest.fixture(scope="session")
def calc(soffice: Path) -> Path:
    """A Python that can talk to LibreOffice, on the same terms."""
    return find_uno_python() or unavailable(NO_UNO)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs LibreOffice, so that `-m "not libreoffice"` leaves it out."""
    for item in items:
        if "soffice" in getattr(item, "fixturenames", ()):
            item.add_marker("libreoffice")
