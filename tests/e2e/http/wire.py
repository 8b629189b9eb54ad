"""Plain HTTP for tests that must choose every header and byte of a request."""
import base64
import dataclasses
import hashlib
import http.client
import json


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """(status, X-Error-Code): what clients branch on."""
        return self.status, self.headers.get("x-error-code")


class Wire:
    """Calls one server, as one user or as nobody."""

    def __init__(self, server, token=None):
        self.server = server
        self.token = token

    def call(self, method, path, body=None, headers=None, timeout=60):
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.call("GET", path, headers=spelled(headers))

    def head(self, path, **headers):
        return self.call("HEAD", path, headers=spelled(headers))

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, spelled(headers))

    def create(self, name, **fields):
        answer = self.post("/api/repos/create", {"name": name.split("/")[1],
                                                 "organization": name.split("/")[0], **fields})
        assert answer.status == 200, answer.body
        return name

    def commit(self, repo, *lines, revision="main", summary="a commit", **header):
        """The NDJSON commit of these operation lines."""
        first = {"key": "header", "value": {"summary": summary, "description": "", **header}}
        body = b"".join(json.dumps(line).encode() + b"\n" for line in (first, *lines))
        return self.post(f"/api/models/{repo}/commit/{revision}", body,
                         content_type="application/x-ndjson")

    def batch(self, repo, *objects, transfers=("basic", "multipart"), operation="upload"):
        """LFS batch; gives the answer's objects by oid."""
        answer = self.post(f"/{repo}.git/info/lfs/objects/batch", {
            "operation": operation, "transfers": list(transfers), "hash_algo": "sha256",
            "objects": [{"oid": oid, "size": size} for oid, size in objects]},
            content_type="application/vnd.git-lfs+json", accept="application/vnd.git-lfs+json")
        assert answer.status == 200, answer.body
        return {item["oid"]: item for item in answer.json()["objects"]}

    def put(self, href, body, timeout=60):
        """PUT to a URL from an answer, without credentials, as clients do."""
        path = path_of(href, self.server)
        return Wire(self.server).call("PUT", path, body, timeout=timeout)

    def upload_lfs(self, repo, content):
        """Stores content by LFS (if it is not there yet) and gives its oid."""
        oid = hashlib.sha256(content).hexdigest()
        item = self.batch(repo, (oid, len(content)))[oid]
        if "actions" in item:
            answer = self.put(item["actions"]["upload"]["href"], content)
            assert 200 <= answer.status < 300, answer.body
        return oid


def spelled(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


def path_of(href, server):
    assert href.startswith(server.url + "/"), f"{href} is not on {server.url}"
    return href[len(server.url):]


def file_line(path, content=b"text"):
    return {"key": "file", "value": {"path": path, "encoding": "base64",
                                     "content": base64.b64encode(content).decode()}}


def lfs_line(path, oid, size):
    return {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": oid, "size": size}}
