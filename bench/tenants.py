"""The row of two tenants: does the time of an answer tell a stranger what others have stored?"""
import hashlib
import http.client
import json
import os
import random
import statistics
import struct
import time

from load import call, commit, create_repo, lfs_href, lfs_line
from neighbours import Measured
from rows import running
from xet import place_of, xet_client

FILES = 150  # of each kind; a shard, a xorb and an object of LFS is new only once
FILE_BYTES = 5000  # one chunk, so that its hash is that of its xorb
LARGE_FILES = 20
LARGE_BYTES = 4_000_000  # many chunks and blocks
ROUNDS = 2000
SHARD_TAG = b"HFRepoMetaData" + bytes([0, 85, 105, 103, 69, 106, 123, 129, 87, 131, 165, 189, 217,
                                       92, 205, 209, 74, 169])


def row_tenants(report, scratch, scale):
    """Bob asks for what only admin's private repo has, for what is nowhere, and for the same
    again: how far two kinds of nowhere differ is what noise is."""
    with running(Measured(scratch / "granary"), Measured(scratch / "other")) as (granary, other):
        elsewhere, nowhere = (fill(server, scratch / name, scratch)
                              for server, name in ((granary, "here"), (other, "there")))
        bob = Stranger(granary)
        half = FILES // 2
        samples = (elsewhere, nowhere[:half], nowhere[half:])
        for name, ask in repeatable(bob).items():
            compare(report, name, ask, samples, int(ROUNDS * scale))
        third = FILES // 3
        for name, ask in once(bob).items():
            samples = (elsewhere[:third], nowhere[:third], nowhere[third:])
            compare(report, name, ask, samples, third)
        large = [LargeObject() for _ in range(3 * LARGE_FILES)]
        for one in large[:LARGE_FILES]:
            one.put(granary, "admin/secret")
        samples = [large[at:at + LARGE_FILES] for at in range(0, len(large), LARGE_FILES)]
        compare(report, "PUT of 4 MB by LFS", lambda one: one.put(bob, "bob/m"), samples,
                LARGE_FILES)


class Stored:
    """A file that some server has: its content and all its names."""

    def __init__(self, content, info, xorb, lfs_oid, lfs_content):
        self.content, self.xorb = content, xorb
        self.hash, self.sha256 = info["hash"], info["sha256"]
        self.lfs_oid, self.lfs_content = lfs_oid, lfs_content


def fill(server, folder, scratch):
    """Files in a private repo of admin's: by Xet, each a xorb of one chunk, and by LFS."""
    folder.mkdir()
    call(server, "POST", "/api/repos/create",
         json.dumps({"name": "secret", "private": True}).encode())
    repo = "admin/secret"
    paths = [folder / f"{number}.bin" for number in range(FILES)]
    for path in paths:
        path.write_bytes(os.urandom(FILE_BYTES))
    infos = xet_client(scratch / f"home-{folder.name}", "upload", place_of(server, repo, "write"),
                       *paths)["files"]
    objects = [os.urandom(FILE_BYTES) for _ in paths]
    connection = Connection(server.port)
    lines = [lfs_line(f"{path.name}", info["sha256"], FILE_BYTES)
             for path, info in zip(paths, infos)]
    for number, content in enumerate(objects):
        oid = hashlib.sha256(content).hexdigest()
        href = lfs_href(server, repo, oid, FILE_BYTES)
        connection.ask("PUT", href.removeprefix(server.url), content)
        lines.append(lfs_line(f"lfs-{number}.bin", oid, FILE_BYTES))
    commit(server, repo, lines)
    token = place_of(server, repo, "read")["token"]
    stored = []
    for path, info, content in zip(paths, infos, objects):
        plan = connection.ask("GET", f"/xet/v2/reconstructions/{info['hash']}", token=token)
        stored.append(Stored(path.read_bytes(), info, json.loads(plan.body)["terms"][0]["hash"],
                             hashlib.sha256(content).hexdigest(), content))
    return stored


class LargeObject:
    """An object of LFS that somebody may have stored."""

    def __init__(self):
        self.content = os.urandom(LARGE_BYTES)
        self.oid = hashlib.sha256(self.content).hexdigest()

    def put(self, server, repo):
        """`server`: itself, or a stranger there."""
        href = lfs_href(server, repo, self.oid, LARGE_BYTES).removeprefix(server.url)
        return Connection(server.port).ask("PUT", href, self.content)


class Answer:
    def __init__(self, status, body, seconds):
        self.status, self.body, self.seconds = status, body, seconds


class Connection:
    """One connection that stays open; answers are timed."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, method, path, body=None, token=None, content_type="application/octet-stream"):
        headers = {"Content-Type": content_type}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        started = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        return Answer(answer.status, content, time.perf_counter() - started)


class Stranger(Connection):
    """Bob, who has a repo of his own and tokens for it."""

    def __init__(self, server):
        super().__init__(server.port)
        self.port = server.port
        self.hub_token = server.add_user("bob").token
        self.server, self.token = server, self.hub_token  # as create_repo and place_of use it
        self.url = server.url
        create_repo(self, "m")
        self.write_token = place_of(self, "bob/m", "write")["token"]
        self.read_token = place_of(self, "bob/m", "read")["token"]

    def write(self, method, path, body=None):
        return self.ask(method, path, body, self.write_token)

    def read(self, method, path):
        return self.ask(method, path, None, self.read_token)

    def batch(self, operation, oid):
        body = {"operation": operation, "transfers": ["basic"],
                "objects": [{"oid": oid, "size": FILE_BYTES}]}
        return self.ask("POST", "/bob/m.git/info/lfs/objects/batch", json.dumps(body),
                        self.hub_token, "application/vnd.git-lfs+json")

    def commit_claim(self, oid):
        lines = ({"key": "header", "value": {"summary": "claim", "description": ""}},
                 lfs_line("claimed.bin", oid, FILE_BYTES))
        return self.ask("POST", "/api/models/bob/m/commit/main",
                        "\n".join(json.dumps(line) for line in lines), self.hub_token,
                        "application/x-ndjson")


def repeatable(bob):
    """What changes nothing: route → what asks it."""
    return {
        "dedupe query": lambda file: bob.write("GET", f"/xet/v1/chunks/default/{file.xorb}"),
        "xorb grant": lambda file: bob.write("POST", f"/xet/v1/xorb-grants/default/{file.xorb}"),
        "HEAD xorb": lambda file: bob.read("HEAD", f"/xet/v1/xorbs/default/{file.xorb}"),
        "reconstruction": lambda file: bob.read("GET", f"/xet/v2/reconstructions/{file.hash}"),
        "HEAD file by Xet": lambda file: bob.read("HEAD", f"/xet/v1/files/{file.hash}"),
        "shard of a foreign xorb": lambda file: bob.write("POST", "/xet/v2/shards", shard(file)),
        "LFS batch, upload": lambda file: bob.batch("upload", file.lfs_oid),
        "LFS batch, download": lambda file: bob.batch("download", file.lfs_oid),
        "commit of a foreign file": lambda file: bob.commit_claim(file.lfs_oid),
    }


def once(bob):
    """What makes the bytes bob's, so that each can be asked only once."""
    return {
        "POST of a xorb": lambda file: bob.write("POST", f"/xet/v1/xorbs/default/{file.xorb}",
                                                 xorb(file.content)),
        "PUT of an LFS object": lambda file: bob.ask(
            "PUT", lfs_href(bob, "bob/m", file.lfs_oid, FILE_BYTES).removeprefix(bob.url),
            file.lfs_content),
    }


def xorb(content):
    """One chunk, as it is."""
    size = struct.pack("<I", len(content))[:3]
    return b"\0" + size + b"\0" + size + content


def shard(file):
    """One file of one term. Its range hash is false: no one may be told how near the claim was."""
    size = struct.pack("<IIII", 0, FILE_BYTES, 0, 1)
    return b"".join((
        SHARD_TAG, struct.pack("<QQ", 2, 0),
        raw(file.hash), struct.pack("<IIQ", 0xC0000000, 1, 0),
        raw(file.xorb), size,
        bytes(48),
        raw(file.sha256), bytes(16),
        b"\xff" * 32 + bytes(16), b"\xff" * 32 + bytes(16)))


def raw(text):
    """The bytes of a hash's string form: four words, each printed from its highest byte."""
    return b"".join(bytes.fromhex(text[at:at + 16])[::-1] for at in range(0, 64, 16))


def compare(report, name, ask, samples, rounds):
    """Medians of three kinds of requests that take turns in random order."""
    order = random.Random(name)
    times = [[], [], []]
    statuses = set()
    for number in range(rounds):
        turns = [0, 1, 2]
        order.shuffle(turns)
        for turn in turns:
            answer = ask(samples[turn][number % len(samples[turn])])
            times[turn].append(1e6 * answer.seconds)
            statuses.add(answer.status)
    if len(statuses) > 1 or statuses & {401, 403, 429, 500, 503}:
        raise RuntimeError(f"{name}: the answers were {statuses}")
    elsewhere, nowhere, again = times
    report.figure(f"{name} ({min(statuses)}), elsewhere beside nowhere",
                  statistics.median(elsewhere), statistics.median(nowhere), unit="us")
    told, noise = difference(elsewhere, nowhere), difference(again, nowhere)
    report.note(f"  pairs differ by {told[0]:+.1f} us (error {told[1]:.1f}); "
                f"two that are nowhere by {noise[0]:+.1f} us (error {noise[1]:.1f})")


def difference(one, other):
    """(median, its standard error) of the differences of pairs, in the unit of the times."""
    differences = [a - b for a, b in zip(one, other)]
    middle = statistics.median(differences)
    spread = 1.4826 * statistics.median(abs(each - middle) for each in differences)
    return middle, 1.2533 * spread / len(differences) ** 0.5
