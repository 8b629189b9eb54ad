"""The npm client @huggingface/hub, Xet off, in scenarios of hub.mjs."""
import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent


@pytest.fixture
def node(alice, bob):
    def run(*words):
        environment = {**os.environ, "GRANARY_TOKEN": alice.token,
                       "GRANARY_STRANGER_TOKEN": bob.token}
        program = pathlib.Path(os.environ["GRANARY_NODE"]) / "bin" / "node"
        done = subprocess.run([program, HERE / "hub.mjs", *words], env=environment, text=True,
                              capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr

    return run


@pytest.mark.parametrize("repo_type", ["model", "dataset", "space"])
@pytest.mark.parametrize("scenario", ["roundTrip", "history", "branches", "info", "privacy",
                                      "cache"])
def test_the_npm_client(node, new_name, scenario, repo_type):
    node(scenario, repo_type, new_name(f"node-{scenario.lower()}"))
