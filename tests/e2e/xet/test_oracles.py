"""What the crate xet-data says of the same bytes: its example programs, where a cargo can build
them. That takes minutes, so only --full does it; what it built is then used by every run."""
import json
import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest
from granary import open_url
from weights import model, noise, safetensors

CRATE = "xet-data@1.8.0"
CARGO_MIN = (1, 85)  # for edition 2024
EXAMPLES = ("chunk", "hash", "xorb-check")

pytestmark = pytest.mark.newest


@pytest.fixture(scope="module")
def oracles():
    """The folder of the programs, kept in the cache."""
    folder = Path(os.environ["GRANARY_CACHE"]) / CRATE.replace("@", "-")
    if not all((folder / "bin" / name).exists() for name in EXAMPLES):
        build_oracles(folder)
    return folder / "bin"


def build_oracles(folder):
    if not os.environ.get("GRANARY_E2E_FULL"):
        pytest.skip(f"the programs of {CRATE} are built with --full")
    cargo = shutil.which("cargo")
    if not cargo:
        pytest.skip(f"no cargo to build {CRATE}")
    said = subprocess.run([cargo, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, re.findall(r"\d+", said)[:2])) < CARGO_MIN:
        pytest.skip(f"{said.strip()} is too old for {CRATE}")
    examples = [word for name in EXAMPLES for word in ("--example", name)]
    built = subprocess.run([cargo, "install", "--quiet", CRATE, *examples, "--root", folder],
                           capture_output=True, text=True)
    if built.returncode != 0:
        pytest.skip(f"cargo does not build {CRATE}: {built.stderr.strip()[-500:]}")


@pytest.fixture
def run(oracles):
    """Runs one of them; gives what it wrote to stdout and to stderr."""
    def call(name, *words, given=None):
        done = subprocess.run([oracles / name, *map(str, words)], input=given,
                              capture_output=True, check=True)
        return done.stdout.decode(), done.stderr.decode()

    return call


CONTENTS = {
    "one-byte": b"x",
    "zeros": bytes(1_000_000),
    "text": b"the same words again and again\n" * 20_000,
    "noise": noise("oracle", 5_000_003),
    "weights": safetensors(model("oracle", 5, 1_000_000), {"format": "pt"}),
}


def get(url, token, **headers):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}", **headers})
    with open_url(request) as answer:
        return answer.read()


@pytest.mark.parametrize("name", CONTENTS)
def test_chunks_hashes_and_xorbs_are_those_of_the_crate(run, own_server, own_hf, tmp_path, name):
    """Of a file that came by LFS, so that all of it is Granary's own work."""
    path = tmp_path / "up" / f"{name}.bin"
    path.parent.mkdir()
    path.write_bytes(CONTENTS[name])
    own_hf.upload("admin/m", path.parent, HF_HUB_DISABLE_XET="1")
    token = own_server.admin.token
    tree = json.loads(get(f"{own_server.url}/api/models/admin/m/tree/main", token))
    file_hash = next(entry["xetHash"] for entry in tree if entry["path"] == path.name)

    chunks, _ = run("chunk", "--input", path)
    assert run("hash", "--hash-type", "file", given=chunks.encode())[0] == file_hash

    place = json.loads(get(f"{own_server.url}/api/models/admin/m/xet-read-token/main", token))
    plan = json.loads(get(f"{place['casUrl']}/v2/reconstructions/{file_hash}",
                          place["accessToken"]))
    held = {xorb: chunks_held(run, xorb, entries) for xorb, entries in plan["xorbs"].items()}
    served = [chunk for term in plan["terms"]
              for chunk in held[term["hash"]][term["range"]["start"]:term["range"]["end"]]]
    assert served == chunks.splitlines()


def chunks_held(run, xorb_hash, entries):
    """Fetches a xorb, all of which the file uses, has it checked, and lists its chunks."""
    entry, = entries
    bounds, = entry["ranges"]
    assert bounds["chunks"]["start"] == 0
    span = f"bytes={bounds['bytes']['start']}-{bounds['bytes']['end']}"
    with open_url(urllib.request.Request(entry["url"], headers={"Range": span})) as answer:
        xorb = answer.read()
    listed, said = run("xorb-check", "--hash", xorb_hash, "--output-chunks-stdout", given=xorb)
    assert "provided hash matches computed hash" in said
    return listed.splitlines()
