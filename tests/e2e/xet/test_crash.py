"""The server is killed while files go up and come down; what goes on afterwards is whole."""
import random
import time

import pytest
from weights import digests, noise, sha256_of

pytestmark = pytest.mark.newest


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.fixture
def folder(tmp_path):
    up = tmp_path / "up"
    up.mkdir()
    for number in range(4):
        (up / f"model-{number}.bin").write_bytes(noise(f"crash/{number}", 30_000_000))
    return up


@pytest.mark.parametrize("round_number", range(3))
def test_an_upload_goes_on_after_a_crash(own_server, own_hf, folder, tmp_path, round_number):
    at_bytes = random.Random(round_number).randrange(5_000_000, 110_000_000)
    home = tmp_path / "home"
    upload = own_hf.start("upload", "admin/m", folder, home=home)
    wait_for(lambda: own_server.counter("granary_body_received_bytes_total") > at_bytes
             or upload.poll() is not None)
    own_server.restart()
    upload.communicate(timeout=300)
    if upload.returncode != 0:
        own_hf.upload("admin/m", folder, home=home)  # by the same caches: they name what is stored
    own_hf.download("admin/m", tmp_path / "down")
    found = digests(tmp_path / "down")
    found.pop(".gitattributes", None)
    assert found == digests(folder)
    own_server.stop()
    assert own_server.fsck().returncode == 0


@pytest.mark.parametrize("round_number", range(3))
def test_a_download_goes_on_after_a_crash(own_server, own_hf, folder, tmp_path, round_number):
    at_bytes = random.Random(f"down {round_number}").randrange(1_000_000, 110_000_000)
    own_hf.upload("admin/m", folder)
    home = tmp_path / "home"
    before = own_server.counter("granary_sent_bytes_total")
    download = own_hf.start("download", "admin/m", "--local-dir", tmp_path / "down", home=home)
    wait_for(lambda: own_server.counter("granary_sent_bytes_total") - before > at_bytes
             or download.poll() is not None)
    own_server.restart()
    download.communicate(timeout=300)
    if download.returncode != 0:
        own_hf.download("admin/m", tmp_path / "down", home=home)
    for path in folder.iterdir():
        assert sha256_of(tmp_path / "down" / path.name) == sha256_of(path)
