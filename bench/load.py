"""What puts load on a server: curl, the hf command, many small requests, files to send."""
import base64
import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import time
import urllib.request

from granary import open_url

GIB = 1 << 30
PART_VALUES = 1 << 21  # of a file of weights
MANTISSAS = int.from_bytes(b"\x7f\0" * PART_VALUES, "little")  # of BF16
HF_HEADERS = ("User-Agent: hf_hub/2.4.0; python/3.11", "Accept: */*", "Accept-Encoding: identity",
              "X-HF-Download-Counter: 1", "Connection: keep-alive",
              "X-Amzn-Trace-Id: 0f8fad5b-d9cb-469f-a165-70867728950e")


@dataclasses.dataclass
class Cost:
    """What a piece of work took."""
    seconds: float
    cpu_seconds: float


@contextlib.contextmanager
def cost_of(server):
    """Measures wall time and the server's CPU time of a with-block."""
    cost = Cost(0, 0)
    cpu, started = server.cpu_seconds(), time.monotonic()
    yield cost
    cost.seconds, cost.cpu_seconds = time.monotonic() - started, server.cpu_seconds() - cpu


def random_file(path, size_bytes, key):
    """Writes bytes that neither compress nor repeat (AES in counter mode); gives their SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = (f"openssl enc -aes-128-ctr -nosalt -K {key:032x} -iv 0 -in /dev/zero 2>/dev/null"
               f" | head -c {size_bytes} | tee '{path}' | sha256sum")
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    return done.stdout.split()[0]


def bf16_file(path, size_bytes):
    """Writes weights as models have them: BF16, normally distributed, no two parts alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    numbers = random.Random(1)
    part = b"".join(struct.pack("<f", numbers.gauss(0, 0.02))[2:] for _ in range(PART_VALUES))
    values = int.from_bytes(part, "little")
    with open(path, "wb") as file:
        while file.tell() < size_bytes:
            changed = values ^ (int.from_bytes(numbers.randbytes(len(part)), "little") & MANTISSAS)
            file.write(changed.to_bytes(len(part), "little")[:size_bytes - file.tell()])


def curl(*words):
    """Starts curl; the body goes nowhere unless words say so."""
    return subprocess.Popen(["curl", "-sSf", "--noproxy", "*", "-o", "/dev/null",
                             *map(str, words)])


def finish(processes):
    for process in processes:
        if process.wait() != 0:
            raise RuntimeError(f"{process.args} failed with {process.returncode}")


def requests(server, path, connections, seconds, method="GET"):
    """(answers, errors) of one request sent again and again, as the hub's clients send it."""
    program = pathlib.Path(__file__).parent.parent / "build/release/bench/request_load"
    done = subprocess.run([program, str(server.port), str(connections), str(seconds), method, path,
                           *HF_HEADERS], capture_output=True, text=True, check=True)
    answers, errors = map(int, done.stdout.split())
    return answers, errors


def call(server, method, path, body=None, content_type="application/json"):
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": content_type}
    request = urllib.request.Request(server.url + path, body, headers, method=method)
    with open_url(request, timeout=600) as answer:
        return json.loads(answer.read() or b"null")


def create_repo(server, name):
    call(server, "POST", "/api/repos/create", json.dumps({"name": name}).encode())
    return f"admin/{name}"


def commit(server, repo, lines):
    header = {"key": "header", "value": {"summary": "load", "description": ""}}
    body = "\n".join(json.dumps(line) for line in (header, *lines)).encode()
    return call(server, "POST", f"/api/models/{repo}/commit/main", body, "application/x-ndjson")


def file_line(path, content):
    return {"key": "file", "value": {"path": path, "encoding": "base64",
                                     "content": base64.b64encode(content).decode()}}


def lfs_line(path, oid, size):
    return {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": oid, "size": size}}


def lfs_href(server, repo, oid, size):
    """Where to PUT these bytes, in one piece."""
    request = {"operation": "upload", "transfers": ["basic"], "objects": [
        {"oid": oid, "size": size}]}
    answer = call(server, "POST", f"/{repo}.git/info/lfs/objects/batch",
                  json.dumps(request).encode(), "application/vnd.git-lfs+json")
    return answer["objects"][0]["actions"]["upload"]["href"]


def publish(server, repo, name, path):
    """Uploads one file by curl and commits it."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        oid = hashlib.file_digest(file, "sha256").hexdigest()
    finish([curl("-T", path, lfs_href(server, repo, oid, size))])
    commit(server, repo, [lfs_line(name, oid, size)])


def hf(server, home, *words, xet=False):
    """Starts `hf`."""
    environment = {**os.environ, "HF_ENDPOINT": server.url, "HF_TOKEN": server.token,
                   "HF_HUB_DISABLE_XET": "0" if xet else "1", "HF_HOME": str(home),
                   "NO_PROXY": "127.0.0.1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    program = pathlib.Path(sys.executable).parent / "hf"
    return subprocess.Popen([program, *map(str, words)], env=environment,
                            stdout=subprocess.DEVNULL)


def hf_upload(server, repo, path, home):
    """Starts `hf upload`, Xet off."""
    return hf(server, home, "upload", repo, path)


def registry_push(registry, name, path, oid):
    """Starts a push of one blob, as the registry's own clients make it."""
    request = urllib.request.Request(f"{registry.url}/v2/{name}/blobs/uploads/", b"", method="POST")
    with open_url(request) as answer:
        location = answer.headers["Location"]
    separator = "&" if "?" in location else "?"
    return curl("-T", path, "-H", "Content-Type: application/octet-stream",
                f"{location}{separator}digest=sha256:{oid}")
