"""What bad requests get: the code, text and form that clients branch on, and nothing changed."""
import json

import pytest
from content import sha256
from wire import Wire, file_line, lfs_line


def head_of(wire, repo):
    return wire.get(f"/api/models/{repo}").json()["sha"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
@pytest.mark.parametrize("path", ["/api/no/such/route", "/api/models/alice/x/no-such-verb",
                                  "/api/jobs/alice", "/api/buckets/alice/b", "/api/collections"])
def test_an_unknown_route_is_a_404_in_json(wire, method, path):
    answer = wire.call(method, path, body=None if method in ("GET", "HEAD") else {})
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("application/json")
    assert "x-request-id" in answer.headers
    if method != "HEAD":
        assert isinstance(answer.json()["error"], str)


def test_every_error_is_an_object_with_a_text(wire, nobody):
    for answer in (wire.get("/api/models/alice/none"), wire.post("/api/repos/create", b"{not json"),
                   nobody.post("/api/repos/create", {"name": "x"}),
                   Wire(wire.server, "hf_" + "q" * 34).get("/api/whoami-v2")):
        assert answer.status >= 400
        assert answer.headers["content-type"].startswith("application/json")
        text = answer.json()["error"]
        assert text and "\n" not in answer.headers["x-error-message"]
        answer.headers["x-error-message"].encode("ascii")


def test_a_token_problem_is_not_a_missing_repo(server, repo):
    answer = Wire(server, "hf_" + "q" * 34).get(f"/api/models/{repo}")
    assert answer.error == (401, None)
    assert answer.headers["x-error-message"] == "Invalid credentials in Authorization header"
    assert Wire(server).get("/api/whoami-v2").status == 401


def test_unknown_and_private_look_the_same(wire, stranger, nobody, new_name):
    """Status, headers and body: nothing tells whether the repo exists."""
    private = wire.create(new_name("hidden"), private=True)
    missing = private[:-1] + "x"
    assert wire.commit(private, file_line("a.txt")).status == 200
    paths = ["/api/models/{}", "/api/models/{}/tree/main", "/api/models/{}/refs",
             "/api/models/{}/revision/main", "/api/models/{}/commits/main",
             "/{}/resolve/main/a.txt", "/{}/raw/main/a.txt"]
    for who in (stranger, nobody):
        for path in paths:
            answers = [who.get(path.format(repo)) for repo in (private, missing)]
            for answer, repo in zip(answers, (private, missing)):
                answer.body = answer.body.replace(repo.encode(), b"REPO")
                for name in ("date", "x-request-id", "content-length"):
                    answer.headers.pop(name, None)
                message = answer.headers.get("x-error-message", "")
                answer.headers["x-error-message"] = message.replace(repo, "REPO")
            assert answers[0] == answers[1], path
            assert answers[0].headers["x-error-code"] == "RepoNotFound", path


def test_a_create_conflict_carries_the_url(wire, server, repo):
    answer = wire.post("/api/repos/create", {"name": repo.split("/")[1], "organization": None})
    assert answer.status == 409
    assert answer.json()["url"] == f"{server.url}/{repo}"
    assert "another conflicting operation" not in answer.json()["error"]


def test_urls_name_the_host_that_the_client_used(wire, repo, server):
    host = f"localhost:{server.port}"
    answer = wire.call("POST", "/api/repos/create", headers={"Host": host}, body={
        "name": repo.split("/")[1]})
    assert answer.json()["url"] == f"http://{host}/{repo}"


@pytest.mark.parametrize("line", [
    b"{not json}\n", b"[1, 2]\n", b'"text"\n', b"\xff\xfe\n", b"[" * 100_000 + b"\n",
    b'{"key": "file"}\n', b'{"key": "file", "value": {}}\n',
    b'{"key": "noSuchKey", "value": {"path": "x"}}\n',
    b'{"key": "file", "value": {"path": "x", "content": "?", "encoding": "base64"}}\n',
    b'{"key": "file", "value": {"path": "x", "content": "x", "encoding": "rot13"}}\n'],
    ids=lambda line: ascii(line)[:40])
def test_a_commit_line_that_is_none_changes_nothing(wire, repo, line):
    before = head_of(wire, repo)
    header = b'{"key": "header", "value": {"summary": "s", "description": ""}}\n'
    body = header + json.dumps(file_line("good.txt")).encode() + b"\n" + line
    answer = wire.post(f"/api/models/{repo}/commit/main", body,
                       content_type="application/x-ndjson")
    assert answer.status in (400, 422), answer.body
    assert answer.json()["error"]
    assert head_of(wire, repo) == before


def test_a_commit_without_header_or_without_operations_is_refused(wire, repo):
    before = head_of(wire, repo)
    for body in (b"", json.dumps(file_line("a.txt")).encode() + b"\n"):
        answer = wire.post(f"/api/models/{repo}/commit/main", body,
                           content_type="application/x-ndjson")
        assert answer.status == 400, body
    assert wire.commit(repo).status == 400
    assert head_of(wire, repo) == before


def test_the_last_line_of_a_commit_may_lack_its_newline(wire, repo):
    header = b'{"key": "header", "value": {"summary": "s", "description": ""}}\n'
    answer = wire.post(f"/api/models/{repo}/commit/main",
                       header + json.dumps(file_line("a.txt")).encode(),
                       content_type="application/x-ndjson")
    assert answer.status == 200, answer.body


def test_an_lfs_file_must_have_been_uploaded(wire, repo):
    before = head_of(wire, repo)
    answer = wire.commit(repo, lfs_line("w.bin", sha256(b"never sent"), 10))
    assert answer.status == 400 and "w.bin" in answer.json()["error"]
    assert head_of(wire, repo) == before


def test_a_commit_on_an_old_parent_is_409_with_the_text_clients_know(wire, repo):
    old = head_of(wire, repo)
    assert wire.commit(repo, file_line("a.txt")).status == 200
    answer = wire.commit(repo, file_line("b.txt"), parentCommit=old)
    assert answer.status == 409
    assert answer.json()["error"] == ("The branch was updated since you opened this page. "
                                      "Please refresh and try again.")


def test_a_commit_to_a_hash_or_an_unknown_branch_is_refused(wire, repo):
    for revision in (head_of(wire, repo), "no-such-branch"):
        answer = wire.commit(repo, file_line("a.txt"), revision=revision)
        assert answer.status in (400, 404), answer.body


def test_a_retried_commit_makes_no_second_one(wire, repo):
    first, again = (wire.commit(repo, file_line("a.txt", b"same")) for _ in range(2))
    assert first.status == again.status == 200
    assert first.json()["commitOid"] == again.json()["commitOid"]


def test_one_hundred_thousand_and_one_operations_are_too_many(wire, repo):
    before = head_of(wire, repo)
    lines = [file_line(f"{n // 1000:03}/{n:06}.txt", b"") for n in range(100_001)]
    answer = wire.commit(repo, *lines)
    assert answer.status in (400, 413), answer.status
    assert "100000" in answer.json()["error"].replace(",", "").replace(".", "")
    assert head_of(wire, repo) == before


def test_preupload_answers_for_each_path_as_it_was_spelled(wire, repo):
    text, binary = "c29tZSB0ZXh0", "AAECAwQ="
    answer = wire.post(f"/api/models/{repo}/preupload/main", {"files": [
        {"path": "a b/c#.txt", "size": 9, "sample": text},
        {"path": "x.safetensors", "size": 5, "sample": binary},
        {"path": "long.txt", "size": 11 * 1024 * 1024, "sample": text},
        {"path": "empty.bin", "size": 0, "sample": ""},
        {"path": "skip.log", "size": 3, "sample": text}], "gitIgnore": "*.log"})
    files = {file["path"]: file for file in answer.json()["files"]}
    assert {path: file["uploadMode"] for path, file in files.items() if path != "empty.bin"} == {
        "a b/c#.txt": "regular", "x.safetensors": "lfs", "long.txt": "lfs", "skip.log": "regular"}
    assert {path for path, file in files.items() if file["shouldIgnore"]} == {"skip.log"}
    missing = wire.post(f"/api/models/{repo}/preupload/none", {"files": []})
    assert missing.error == (404, "RevisionNotFound")


def test_preupload_tells_what_is_there_already(wire, repo):
    oid = wire.upload_lfs(repo, b"seven b")
    assert wire.commit(repo, lfs_line("w.bin", oid, 7), file_line("a.txt", b"a")).status == 200
    answer = wire.post(f"/api/models/{repo}/preupload/main", {"files": [
        {"path": "w.bin", "size": 7, "sample": "AA=="},
        {"path": "a.txt", "size": 1, "sample": "YQ=="},
        {"path": "new.txt", "size": 1, "sample": "YQ=="}]})
    oids = {file["path"]: file.get("oid") for file in answer.json()["files"]}
    assert oids == {"w.bin": oid, "a.txt": "2e65efe2a145dda7ee51d1741299f848e5bf752e",
                    "new.txt": None}


def test_card_validation_answers_as_clients_read_it(wire):
    def validate(content):
        return wire.post("/api/validate-yaml", {"content": content, "repoType": "model"})

    good = validate("---\nlicense: mit\n---\n# T\n")
    assert (good.status, good.json()["errors"]) == (200, [])
    bare = validate("# no metadata\n")
    assert bare.status == 200 and bare.json()["warnings"][0]["message"]
    bad = validate("---\nmodel-index: foo\n---\n")
    assert bad.status == 400 and bad.json()["errors"][0]["message"]
    unknown = validate("---\nlicense: no-such-licence\n---\n")
    assert unknown.json()["errors"][0]["message"].startswith('"license" must be one of')


def test_paths_info_takes_a_form_and_json(wire, repo):
    assert wire.commit(repo, file_line("a b.txt"), file_line("c.txt")).status == 200
    by_form = wire.post(f"/api/models/{repo}/paths-info/main", b"paths=a+b.txt&paths=c.txt",
                        content_type="application/x-www-form-urlencoded").json()
    by_json = wire.post(f"/api/models/{repo}/paths-info/main", {"paths": ["a b.txt", "c.txt"]})
    assert by_form == by_json.json() and len(by_form) == 2
    many = wire.post(f"/api/models/{repo}/paths-info/main", {"paths": ["x"] * 1001})
    assert many.status == 413


def test_booleans_and_lists_come_in_every_spelling(wire, repo):
    for spelling in ("true", "True", "1"):
        info = wire.get(f"/api/models/{repo}?blobs={spelling}").json()
        assert "size" in info["siblings"][0], spelling
    for query in ("expand=sha&expand=tags", "expand[]=sha&expand[]=tags", "expand=sha,tags",
                  "expand%5B%5D=sha&expand%5B%5D=tags"):
        info = wire.get(f"/api/models/{repo}?{query}").json()
        assert set(info) == {"_id", "id", "sha", "tags"}, query
    assert wire.get(f"/api/models/{repo}?expand=xetEnabled").json()["xetEnabled"] is True
    refused = wire.get(f"/api/models/{repo}?expand=nonsense")
    assert refused.status == 400 and '"expand" must be one of' in refused.json()["error"]


def test_pages_are_linked_absolutely(wire, server, new_name):
    for _ in range(3):
        wire.create(new_name("linked-page"))
    answer = wire.get("/api/models?search=linked-page&limit=2")
    link = answer.headers["link"]
    assert link.startswith(f"<{server.url}/api/models?") and link.endswith('>; rel="next"')
    rest = wire.get(link[len(server.url) + 1:link.index(">")])
    assert len(answer.json()) == 2 and len(rest.json()) == 1 and "link" not in rest.headers


def test_the_first_request_of_every_process_is_answered(nobody):
    assert nobody.get("/api/agent-harnesses").json() == {"standardEnvVars": [], "harnesses": {}}
    assert nobody.head("/api/telemetry/a/b").status in (200, 204)


def test_every_reply_names_its_request(wire, repo):
    trace = "0f8fad5b-d9cb-469f-a165-70867728950e"
    answer = wire.get(f"/api/models/{repo}", X_Amzn_Trace_Id=trace)
    assert answer.headers["x-request-id"] == trace


def test_metrics_and_health_are_there_without_secrets(wire, nobody, alice):
    assert nobody.get("/healthz").status == 200
    metrics = nobody.get("/metrics")
    assert metrics.status == 200 and b"# TYPE" in metrics.body
    assert alice.token.encode() not in metrics.body
    assert alice.token not in wire.server.log.read_text(errors="replace")
