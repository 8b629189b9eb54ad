"""Fixtures for tests of the Xet protocol: the `hf` command, each time with caches of its own."""
import itertools
import os
import subprocess
import sys
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import HfApi

FULL = bool(os.environ.get("GRANARY_E2E_FULL"))
NEWEST = int(huggingface_hub.__version__.split(".")[0]) >= 2

HF = Path(sys.executable).parent / "hf"
_homes = itertools.count(1)


def pytest_collection_modifyitems(items):
    """What takes long runs with the newest client only."""
    for item in items:
        if item.get_closest_marker("newest") and not (NEWEST or FULL):
            item.add_marker(pytest.mark.skip(reason="with the newest client, or with --full"))


class Hf:
    """Runs `hf` as a user, with the caches of `home`, Xet's too: fresh ones unless it is given."""

    def __init__(self, url, token, scratch):
        self.url, self.token, self.scratch = url, token, scratch

    def environment(self, home=None, **changes):
        home = home or self.scratch / f"home-{next(_homes)}"
        return {**os.environ, "HF_ENDPOINT": self.url, "HF_TOKEN": self.token,
                "HF_HOME": str(home), "HF_XET_CACHE": str(home / "xet"),
                "HF_XET_CLIENT_RETRY_BASE_DELAY": "50ms", "HF_HUB_DISABLE_XET": "0", **changes}

    def start(self, *words, **settings):
        return subprocess.Popen([HF, *map(str, words)], env=self.environment(**settings),
                                cwd=self.scratch, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def __call__(self, *words, check=True, **settings):
        process = self.start(*words, **settings)
        said = process.communicate(timeout=300)[0]
        if check:
            assert process.returncode == 0, f"hf {words}:\n{said}"
        return process.returncode, said

    def upload(self, repo, folder, **settings):
        return self("upload", repo, folder, **settings)

    def download(self, repo, folder, *words, **settings):
        return self("download", repo, "--local-dir", folder, *words, **settings)


@pytest.fixture
def hf(server, alice, tmp_path):
    return Hf(server.url, alice.token, tmp_path)


@pytest.fixture
def own_hf(own_server, tmp_path):
    """The same for a server that this test alone uses."""
    return Hf(own_server.url, own_server.admin.token, tmp_path)


@pytest.fixture
def api(server, alice):
    return HfApi(endpoint=server.url, token=alice.token)
