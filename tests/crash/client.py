"""One client that uploads without end and journals it: client.py hub|curl URL REPO JOURNAL SEED."""
import base64
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import urllib.request

from journal import Journal

SIZES = (0, 10, 1000, 70_000, 300_000, 2_000_000, 9_000_000)
FEW_BYTES = bytes(i & 0x33 for i in range(256))  # of noise makes what codecs make smaller
TOKEN = os.environ["HF_TOKEN"]


class ByHub:
    """The Python client: commits of added and deleted files."""

    def __init__(self, url, repo):
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
        self.api, self.repo = HfApi(endpoint=url, token=TOKEN), repo
        self.add, self.delete = CommitOperationAdd, CommitOperationDelete

    def commit(self, adds, deletes):
        operations = [self.add(path, content) for path, content in adds.items()]
        operations += [self.delete(path) for path in deletes]
        return self.api.create_commit(self.repo, operations, commit_message="load").oid


class ByCurl:
    """curl: LFS batch, PUT and an NDJSON commit."""

    def __init__(self, url, repo):
        self.url, self.repo = url, repo
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="killloop-curl-"))

    def curl(self, url, body, *words, token=True):
        (self.scratch / "body").write_bytes(body)
        login = ["-H", f"Authorization: Bearer {TOKEN}"] if token else []
        done = subprocess.run(["curl", "-sSf", "--noproxy", "*", "--max-time", "60", *login, *words,
                               "--data-binary", f"@{self.scratch}/body", url],
                              capture_output=True, check=True)
        return done.stdout

    def commit(self, adds, deletes):
        lines = [{"key": "header", "value": {"summary": "load", "description": ""}}]
        large = {path: content for path, content in adds.items() if len(content) > 50_000}
        self.upload(large.values())
        for path, content in adds.items():
            if path in large:
                lines.append({"key": "lfsFile", "value": {
                    "path": path, "algo": "sha256", "size": len(content),
                    "oid": hashlib.sha256(content).hexdigest()}})
            else:
                lines.append({"key": "file", "value": {
                    "path": path, "encoding": "base64",
                    "content": base64.b64encode(content).decode()}})
        lines += [{"key": "deletedFile", "value": {"path": path}} for path in deletes]
        body = "\n".join(map(json.dumps, lines)).encode()
        answer = self.curl(f"{self.url}/api/models/{self.repo}/commit/main", body,
                           "-H", "Content-Type: application/x-ndjson")
        return json.loads(answer)["commitOid"]

    def upload(self, contents):
        by_oid = {hashlib.sha256(content).hexdigest(): content for content in contents}
        if not by_oid:
            return
        request = {"operation": "upload", "transfers": ["basic"], "objects": [
            {"oid": oid, "size": len(content)} for oid, content in by_oid.items()]}
        answer = self.curl(f"{self.url}/{self.repo}.git/info/lfs/objects/batch",
                           json.dumps(request).encode(),
                           "-H", "Content-Type: application/vnd.git-lfs+json")
        for item in json.loads(answer)["objects"]:
            if "actions" in item:
                self.curl(item["actions"]["upload"]["href"], by_oid[item["oid"]], "-X", "PUT",
                          token=False)


def wait_until_up(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            opener.open(f"{url}/healthz", timeout=5)
            return
        except OSError:
            time.sleep(0.05)


def main():
    kind, url, repo, journal_path, seed = sys.argv[1:]
    chance = random.Random(seed)
    journal = Journal(journal_path)
    client = {"hub": ByHub, "curl": ByCurl}[kind](url, repo)
    recent = []  # contents sent before: some are sent again, to meet what is being written
    present = []
    for number in range(sys.maxsize):
        adds = {}
        for index in range(chance.choice((1, 1, 2, 5))):
            content = chance.randbytes(chance.choice(SIZES))
            if chance.random() < 0.5:
                content = content.translate(FEW_BYTES)
            if recent and chance.random() < 0.2:
                content = chance.choice(recent)
            suffix = chance.choice(("bin", "txt"))
            adds[f"{number // 100:03}/{number:06}-{index}.{suffix}"] = content
        deletes = []
        if len(present) > 20 and chance.random() < 0.3:
            deletes = [present.pop(chance.randrange(len(present)))]
        recent = [*recent, *adds.values()][-20:]
        digests = {path: hashlib.sha256(content).hexdigest() for path, content in adds.items()}
        journal.write(id=number, adds=digests, deletes=deletes)
        try:
            journal.write(id=number, commit=client.commit(adds, deletes))
            present += adds
        except Exception as problem:  # pylint: disable=broad-except  # outcome unknown
            print(f"{kind} {number}: {type(problem).__name__}: {str(problem)[:300]}", flush=True)
            wait_until_up(url)


if __name__ == "__main__":
    main()
