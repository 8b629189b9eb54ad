"""The npm client @huggingface/hub, by LFS and by Xet, in scenarios of hub.mjs."""
import os
import pathlib
import subprocess
import sys

import pytest
from content import random_bytes
from huggingface_hub import HfApi

HERE = pathlib.Path(__file__).parent


@pytest.fixture
def node(alice, bob):
    def run(*words, xet, **more):
        environment = {**os.environ, "GRANARY_TOKEN": alice.token,
                       "GRANARY_STRANGER_TOKEN": bob.token, "GRANARY_USE_XET": xet, **more}
        program = pathlib.Path(os.environ["GRANARY_NODE"]) / "bin" / "node"
        done = subprocess.run([program, HERE / "hub.mjs", *words], env=environment, text=True,
                              capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr

    return run


@pytest.mark.parametrize("xet", ["no", "yes"])
@pytest.mark.parametrize("repo_type", ["model", "dataset", "space"])
@pytest.mark.parametrize("scenario", ["roundTrip", "history", "branches", "info", "privacy",
                                      "cache"])
def test_the_npm_client(node, new_name, scenario, repo_type, xet):
    node(scenario, repo_type, new_name(f"node-{scenario.lower()}"), xet=xet)


def test_two_chunkers_make_one_file(node, alice, new_name, tmp_path):
    """The npm client cuts some bytes otherwise than hf_xet does; the file stays the same one."""
    content = random_bytes("two chunkers", 12_000_000)
    (tmp_path / "model.bin").write_bytes(content)
    names = {"npm": new_name("by-npm"), "hf": new_name("by-hf")}
    node("file", "model", names["npm"], xet="yes", GRANARY_FILE=str(tmp_path / "model.bin"))

    def hf(*words):
        environment = {**os.environ, "HF_TOKEN": alice.token, "HF_HUB_DISABLE_XET": "0",
                       "HF_HOME": str(tmp_path / "home")}
        subprocess.run([pathlib.Path(sys.executable).parent / "hf", *words], env=environment,
                       check=True, capture_output=True, timeout=120)

    hf("upload", names["hf"], str(tmp_path / "model.bin"))
    for who, name in names.items():
        hf("download", name, "model.bin", "--local-dir", str(tmp_path / who))
        assert (tmp_path / who / "model.bin").read_bytes() == content
    oids = {HfApi(token=alice.token).get_paths_info(name, "model.bin")[0].lfs.sha256
            for name in names.values()}
    assert len(oids) == 1
