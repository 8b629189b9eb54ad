"""LFS uploads as they go wrong: wrong bytes, cut short, interrupted by a crash, not one's own."""
import http.client
import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from content import random_bytes, sha256
from granary import Granary
from wire import Wire, file_line, lfs_line, path_of

MIB = 1024 * 1024


def upload_href(wire, repo, content, oid=None, size=None):
    oid, size = oid or sha256(content), size or len(content)
    return wire.batch(repo, (oid, size))[oid]["actions"]["upload"]["href"]


def test_basic_upload_verify_and_commit(wire, nobody, repo):
    content = random_bytes("basic", 500_000)
    oid = sha256(content)
    item = wire.batch(repo, (oid, len(content)))[oid]
    assert 200 <= wire.put(item["actions"]["upload"]["href"], content).status < 300
    if "verify" in item["actions"]:
        verify = path_of(item["actions"]["verify"]["href"], wire.server)
        assert wire.post(verify, {"oid": oid, "size": len(content)}).status == 200
        assert wire.post(verify, {"oid": oid, "size": 1}).status >= 400
    assert "actions" not in wire.batch(repo, (oid, len(content)))[oid]
    assert wire.commit(repo, lfs_line("w.bin", oid, len(content))).status == 200
    assert nobody.get(f"/{repo}/resolve/main/w.bin").body == content


def test_wrong_bytes_are_refused_and_not_kept(wire, repo):
    content = random_bytes("right", 100_000)
    answer = wire.put(upload_href(wire, repo, content), random_bytes("wrong", 100_000))
    assert 400 <= answer.status < 500
    assert "actions" in wire.batch(repo, (sha256(content), len(content)))[sha256(content)]
    assert wire.commit(repo, lfs_line("w.bin", sha256(content), len(content))).status == 400


def test_a_wrong_size_is_refused(wire, repo):
    content = random_bytes("size", 100_000)
    for sent in (content[:-1], content + b"x"):
        answer = wire.put(upload_href(wire, repo, content), sent)
        assert 400 <= answer.status < 500
    href = upload_href(wire, repo, content, size=99_999)
    assert 400 <= wire.put(href, content).status < 500


def test_a_body_cut_short_leaves_nothing(wire, server, repo):
    content = random_bytes("cut", 2_000_000)
    path = path_of(upload_href(wire, repo, content), server)
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.putrequest("PUT", path)
    connection.putheader("Content-Length", str(len(content)))
    connection.endheaders()
    connection.send(content[:1_000_000])
    connection.close()
    assert "actions" in wire.batch(repo, (sha256(content), len(content)))[sha256(content)]


def test_a_digest_is_no_right_to_the_file(wire, stranger, new_name):
    """What others hold must be sent in full again before one's own repo may name it."""
    content = random_bytes("possession", 50_000)
    oid = sha256(content)
    private = wire.create(new_name("owner"), private=True)
    wire.upload_lfs(private, content)
    assert wire.commit(private, lfs_line("w.bin", oid, len(content))).status == 200
    theirs = stranger.create(new_name("thief").replace("alice/", "bob/"))
    assert "actions" in stranger.batch(theirs, (oid, len(content)))[oid]
    assert stranger.commit(theirs, lfs_line("w.bin", oid, len(content))).status == 400
    assert stranger.batch(theirs, (oid, len(content)), operation="download")[oid].get("error")
    stranger.upload_lfs(theirs, content)
    assert stranger.commit(theirs, lfs_line("w.bin", oid, len(content))).status == 200


def test_who_may_not_write_gets_no_upload(stranger, nobody, wire, repo):
    objects = {"operation": "upload", "transfers": ["basic"],
               "objects": [{"oid": sha256(b"x"), "size": 1}]}
    assert stranger.post(f"/{repo}.git/info/lfs/objects/batch", objects).status == 403
    refused = nobody.post(f"/{repo}.git/info/lfs/objects/batch", objects)
    assert refused.status == 401 and "basic" in refused.headers["www-authenticate"].lower()


def test_a_signed_url_is_for_that_object_alone(wire, repo):
    one, two = random_bytes("one", 10_000), random_bytes("two", 10_000)
    href = upload_href(wire, repo, one)
    assert 400 <= wire.put(href.replace(sha256(one), sha256(two)), two).status < 500
    end = "A" if href[-1] != "A" else "B"
    assert 400 <= wire.put(href[:-1] + end, one).status < 500


def test_downloads_by_batch_are_the_file(wire, nobody, repo):
    content = random_bytes("download", 40_000)
    oid = wire.upload_lfs(repo, content)
    assert wire.commit(repo, lfs_line("w.bin", oid, len(content))).status == 200
    item = nobody.batch(repo, (oid, len(content)), operation="download")[oid]
    got = Wire(wire.server).get(path_of(item["actions"]["download"]["href"], wire.server))
    assert got.body == content
    missing = nobody.batch(repo, (sha256(b"?"), 1), operation="download")[sha256(b"?")]
    assert missing["error"]["code"] == 404


@pytest.mark.parametrize("oid, size", [("short", 1), ("g" * 64, 1), ("a" * 64, -1)])
def test_a_malformed_object_is_an_error_of_its_own(wire, repo, oid, size):
    answer = wire.post(f"/{repo}.git/info/lfs/objects/batch", {
        "operation": "upload", "transfers": ["basic"],
        "objects": [{"oid": oid, "size": size}, {"oid": sha256(b"good"), "size": 4}]})
    if answer.status == 200:
        by_oid = {item["oid"]: item for item in answer.json()["objects"]}
        assert by_oid[oid]["error"]["code"] == 422
        assert "actions" in by_oid[sha256(b"good")]
    else:
        assert answer.status in (400, 422)


def test_git_lfs_itself_uploads_and_downloads(server, alice, wire, repo, tmp_path):
    """The git extension, by its own API, without git push: what it needs is the batch route."""
    content = random_bytes("git-lfs", 300_000)
    for words in (["init", "-q"], ["lfs", "install", "--local"],
                  ["remote", "add", "origin",
                   f"http://hf_user:{alice.token}@127.0.0.1:{server.port}/{repo}"],
                  ["lfs", "track", "*.bin"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "w.bin").write_bytes(content)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", *identity, "commit", "-qm", "x"], cwd=tmp_path, check=True)
    oid = sha256(content)
    pushed = subprocess.run(["git", "lfs", "push", "--object-id", "origin", oid], cwd=tmp_path,
                            capture_output=True, text=True, check=False, timeout=60)
    assert pushed.returncode == 0, pushed.stderr
    assert "actions" not in wire.batch(repo, (oid, len(content)))[oid]


class Multipart:
    """A multipart upload as the Python client makes it, one step at a time."""

    def __init__(self, wire, repo, content):
        self.wire, self.content, self.oid = wire, content, sha256(content)
        item = wire.batch(repo, (self.oid, len(content)))[self.oid]
        header = item["actions"]["upload"]["header"]
        self.complete_href = item["actions"]["upload"]["href"]
        self.part_bytes = int(header["chunk_size"])
        self.parts = {int(name): href for name, href in header.items() if name != "chunk_size"}
        assert len(self.parts) == -(-len(content) // self.part_bytes)
        self.etags = {}

    def part(self, number):
        return self.content[(number - 1) * self.part_bytes:number * self.part_bytes]

    def put(self, number):
        answer = self.wire.put(self.parts[number], self.part(number))
        assert 200 <= answer.status < 300, answer.body
        self.etags[number] = answer.headers["etag"]

    def complete(self):
        etags = sorted(self.etags.items())
        parts = [{"partNumber": number, "etag": etag} for number, etag in etags]
        return Wire(self.wire.server).post(
            path_of(self.complete_href, self.wire.server), {"oid": self.oid, "parts": parts},
            content_type="application/vnd.git-lfs+json")


@pytest.fixture
def own(own_server):
    return Wire(own_server, own_server.admin.token)


@pytest.mark.slow
def test_a_multipart_upload_survives_a_crash_and_goes_on(own, own_server):
    """SIGKILL between two parts: the parts that were acknowledged are not sent again."""
    content = os.urandom(1024 * MIB + 12_345)
    repo = own.create("admin/large")
    upload = Multipart(own, repo, content)
    half = len(upload.parts) // 2
    for number in range(1, half + 1):
        upload.put(number)
    own_server.restart()
    for number in range(half + 1, len(upload.parts) + 1):
        upload.put(number)
    done = upload.complete()
    assert 200 <= done.status < 300, done.body
    assert own.commit(repo, lfs_line("w.bin", upload.oid, len(content))).status == 200
    own_server.restart()
    got = subprocess.run(["curl", "-sS", "--noproxy", "*",
                          f"{own_server.url}/{repo}/resolve/main/w.bin"], capture_output=True,
                         check=True).stdout
    assert sha256(got) == upload.oid
    own_server.stop()
    assert own_server.fsck().returncode == 0


def test_a_crash_loses_nothing_acknowledged(own, own_server):
    repo = own.create("admin/crash")
    content = random_bytes("crash", 5_000_000)
    oid = own.upload_lfs(repo, content)
    own_server.restart()
    assert "actions" not in own.batch(repo, (oid, len(content)))[oid]
    assert own.commit(repo, lfs_line("w.bin", oid, len(content)), file_line("a.txt")).status == 200
    own_server.restart()
    assert own.get(f"/{repo}/resolve/main/w.bin").body == content
    assert json.loads(own.get(f"/api/models/{repo}").body)["siblings"]
    own_server.stop()
    assert own_server.fsck().returncode == 0


def slowly(content):
    for at in range(0, len(content), 100_000):
        yield content[at:at + 100_000]
        time.sleep(0.1)


def test_more_uploads_than_the_server_has_threads_wait_and_none_is_sent_away(tmp_path):
    """Some of them slow, all of them at once: the slow side is read slower, never told to wait."""
    count, slow = 48, 8
    server = Granary(tmp_path / "narrow").start("--pool-threads", "1", "--io-threads", "1")
    try:
        wire = Wire(server, server.admin.token)
        repo = wire.create("admin/m")
        contents = [random_bytes(f"crowd-{number}", 1_000_000) for number in range(count)]
        paths = [path_of(upload_href(wire, repo, content), server) for content in contents]
        bodies = [slowly(content) if number < slow else content
                  for number, content in enumerate(contents)]

        def put(path, body):
            return Wire(server).call("PUT", path, body, {"Content-Length": "1000000"})

        with ThreadPoolExecutor(count) as clients:
            answers = list(clients.map(put, paths, bodies))
        assert {answer.status for answer in answers} == {200}
        held = wire.batch(repo, *((sha256(content), len(content)) for content in contents))
        assert not any("actions" in item for item in held.values())
    finally:
        server.close()
