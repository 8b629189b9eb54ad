"""How little a client has to send: measured by the server's counter, the client's caches empty."""
import os
import random

import pytest
from weights import model, noise, safetensors, sha256_of

TENSOR_COUNT = 15
TENSOR_BYTES = 33_000_000 if os.environ.get("GRANARY_E2E_FULL") else 4_000_000  # 500 MB, or 60


@pytest.fixture
def upload(own_server, own_hf, tmp_path):
    """Uploads one file from a folder and caches of its own; gives the bytes that were sent."""
    numbers = iter(range(1000))

    def run(repo, content):
        folder = tmp_path / f"up-{next(numbers)}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(content)
        before = own_server.counter("granary_body_received_bytes_total")
        own_hf.upload(repo, folder)
        sent = own_server.counter("granary_body_received_bytes_total") - before
        down = tmp_path / f"down-{folder.name}"
        own_hf.download(repo, down)
        assert sha256_of(down / "model.safetensors") == sha256_of(folder / "model.safetensors")
        return sent

    return run


@pytest.fixture
def base():
    return model("base", TENSOR_COUNT, TENSOR_BYTES)


def test_one_tensor_and_the_header_replaced(upload, base):
    upload("admin/m", safetensors(base, {"step": "1"}))
    changed = {**base, "layers.7.weight": noise("new", TENSOR_BYTES)}
    sent = upload("admin/m", safetensors(changed, {"step": "2", "note": "longer than before"}))
    assert sent <= 1.2 * TENSOR_BYTES


def test_one_percent_of_the_bytes_changed(upload, base):
    content = bytearray(safetensors(base, {"step": "1"}))
    upload("admin/m", bytes(content))
    size = len(content) // 100
    start = random.Random(1).randrange(len(content) - size)
    content[start:start + size] = noise("percent", size)
    assert upload("admin/m", bytes(content)) <= 0.03 * len(content)


def test_a_fine_tune_that_shares_nine_tenths(upload):
    shared = model("shared", 20, 3_000_000)
    base = safetensors(shared, {"format": "pt"})
    upload("admin/base", base)
    tuned = {**shared, "layers.3.weight": noise("tuned/3", 3_000_000),
             "layers.11.weight": noise("tuned/11", 3_000_000)}
    assert upload("admin/tuned", safetensors(tuned, {"format": "pt"})) <= 0.13 * len(base)


def test_the_same_file_in_another_repo_of_the_user(upload, base):
    content = safetensors(base, {"step": "1"})
    upload("admin/one", content)
    assert upload("admin/two", content) <= 0.01 * len(content)
