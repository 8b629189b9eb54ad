"""Fixtures for tests that speak HTTP themselves."""
import pytest
from wire import Wire


@pytest.fixture(scope="session")
def wire(server, alice):
    return Wire(server, alice.token)


@pytest.fixture(scope="session")
def nobody(server):
    return Wire(server)


@pytest.fixture(scope="session")
def stranger(server, bob):
    return Wire(server, bob.token)


@pytest.fixture
def repo(wire, new_name):
    return wire.create(new_name("wire"))
