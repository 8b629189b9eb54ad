"""Fixtures for tests of the Python client; they run in each of its pinned versions."""
import pytest
from huggingface_hub import HfApi
from repos import create


@pytest.fixture(scope="session")
def api(server, alice):
    return HfApi(endpoint=server.url, token=alice.token)


@pytest.fixture(scope="session")
def stranger(server, bob):
    return HfApi(endpoint=server.url, token=bob.token)


@pytest.fixture(scope="session")
def anonymous(server):
    return HfApi(endpoint=server.url, token=False)


@pytest.fixture(scope="session")
def reading(server, reader):
    """Alice, by a token of role read."""
    return HfApi(endpoint=server.url, token=reader.token)


@pytest.fixture(params=["model", "dataset", "space"])
def repo_type(request):
    return request.param


@pytest.fixture
def repo(api, new_name, repo_type):
    """An empty repo of each type in turn."""
    return create(api, new_name(repo_type), repo_type)


@pytest.fixture
def model(api, new_name):
    return create(api, new_name("model"))
