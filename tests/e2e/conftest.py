"""What every end-to-end test can use: one server for the run, its users, and fresh names."""
import itertools
import os
import pathlib
import shutil
import tempfile

import pytest
from granary import Granary, User

FULL = bool(os.environ.get("GRANARY_E2E_FULL"))

_run = {}
_numbers = itertools.count(1)


def client_environment(url, home):
    """What a user of this hub sets, and nothing else; no proxy for the loopback address. The Xet
    protocol is on in runs with GRANARY_E2E_XET."""
    xet_off = "0" if os.environ.get("GRANARY_E2E_XET") else "1"
    return {"HF_ENDPOINT": url, "HF_HUB_DISABLE_XET": xet_off, "HF_HOME": str(home),
            "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1"}


def prepare():
    """Sets the environment before any client is imported, since clients read it then only."""
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="granary-e2e-"))
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        os.environ.pop(name, None)
    _run["scratch"] = scratch
    _run["server"] = Granary(scratch / "main")
    os.environ.update(client_environment(_run["server"].url, scratch / "hf-home"))


prepare()


def pytest_configure(config):
    if not config.option.collectonly:
        _run["server"].start()


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("full") and not FULL:
            item.add_marker(pytest.mark.skip(reason="with --full"))


def pytest_unconfigure(config):
    _run["server"].close()
    shutil.rmtree(_run["scratch"], ignore_errors=True)


def pytest_sessionfinish(session, exitstatus):
    """A run that ends leaves a sound store behind: that is a test too."""
    server = _run["server"]
    if session.config.option.collectonly or not server.process:
        return
    if exitstatus != 0:
        print(f"\nthe server's log ends:\n{server.log_tail()}")
    server.stop()
    found = server.fsck()
    if found.returncode != 0:
        print(f"\ngranary fsck after the run:\n{found.stdout}{found.stderr}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def server():
    return _run["server"]


@pytest.fixture(scope="session")
def admin(server):
    return server.admin


@pytest.fixture(scope="session")
def alice(server):
    """The user who owns what tests create."""
    return server.add_user("alice")


@pytest.fixture(scope="session")
def bob(server):
    """A user with no right in anything of alice's."""
    return server.add_user("bob")


@pytest.fixture(scope="session")
def reader(server, alice):
    """Alice, by a token that may only read."""
    return User(alice.name, server.add_token(alice.name, "read"))


@pytest.fixture(scope="session")
def lab(server, alice):
    """An organisation that alice owns."""
    return server.add_org("lab", alice.name)


@pytest.fixture
def new_name(alice):
    """Gives repo ids of alice's that no other test uses."""
    return lambda stem="repo": f"{alice.name}/{stem}-{next(_numbers)}"


@pytest.fixture
def own_server(tmp_path):
    """A server for this test alone: it may be killed."""
    server = Granary(tmp_path / "own").start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def models():
    """The folder of the packages that ship real models."""
    return pathlib.Path(os.environ["GRANARY_MODELS"])
