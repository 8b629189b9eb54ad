"""Downloads as curl, llama.cpp, Rust and browser clients make them: headers, ranges, resumption."""
import subprocess

import pytest
from content import blob_id, random_bytes, sha256
from wire import file_line, lfs_line

SIZE = 3_000_000
CONTENT = random_bytes("resolve", SIZE)
TEXT = b"some plain text\n" * 10


@pytest.fixture(scope="module")
def filled(wire):
    """A repo with one LFS file, one small one, one empty one."""
    repo = wire.create("alice/resolving")
    oid = wire.upload_lfs(repo, CONTENT)
    done = wire.commit(repo, lfs_line("w.bin", oid, SIZE), file_line("a b.txt", TEXT),
                       file_line("empty.txt", b""))
    assert done.status == 200, done.body
    return repo


@pytest.fixture
def curl(tmp_path):
    def run(*words, check=True):
        done = subprocess.run(["curl", "-sS", "--noproxy", "*", *map(str, words)], cwd=tmp_path,
                              capture_output=True, check=False, timeout=60)
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run


def head_of(wire, repo):
    return wire.get(f"/api/models/{repo}").json()["sha"]


def test_head_and_get_carry_the_four_facts(wire, nobody, filled):
    head = head_of(wire, filled)
    for path, content, etag in (("w.bin", CONTENT, sha256(CONTENT)),
                                ("a%20b.txt", TEXT, blob_id(TEXT)),
                                ("empty.txt", b"", blob_id(b""))):
        for call in (nobody.head, nobody.get):
            answer = call(f"/{filled}/resolve/main/{path}")
            assert answer.status == 200
            assert answer.headers["x-repo-commit"] == head
            assert answer.headers["etag"] == f'"{etag}"'
            assert answer.headers["content-length"] == str(len(content))
            assert answer.headers["accept-ranges"] == "bytes"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in answer.headers["content-security-policy"]
            assert "content-disposition" in answer.headers
            assert "x-request-id" in answer.headers
        assert answer.body == content
    linked = nobody.head(f"/{filled}/resolve/main/w.bin").headers
    assert linked["x-linked-etag"] == f'"{sha256(CONTENT)}"'
    assert linked["x-linked-size"] == str(SIZE)
    assert len(linked["x-xet-hash"]) == 64
    assert '; rel="xet-auth"' in linked["link"]
    assert "x-xet-hash" not in nobody.head(f"/{filled}/resolve/main/a%20b.txt").headers


def test_bodies_are_never_compressed(nobody, filled):
    answer = nobody.get(f"/{filled}/resolve/main/a%20b.txt", accept_encoding="gzip, deflate, br")
    assert "content-encoding" not in answer.headers and answer.body == TEXT


@pytest.mark.parametrize("asked, start, end", [
    ("bytes=0-0", 0, 1), ("bytes=0-99", 0, 100), ("bytes=1000000-", 1_000_000, SIZE),
    ("bytes=-5", SIZE - 5, SIZE), ("bytes=262143-262145", 262_143, 262_146),
    (f"bytes=2999999-{SIZE * 9}", SIZE - 1, SIZE), (f"bytes=-{SIZE * 2}", 0, SIZE)])
def test_a_range_gives_just_those_bytes(nobody, filled, asked, start, end):
    answer = nobody.get(f"/{filled}/resolve/main/w.bin", range=asked)
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["etag"] == f'"{sha256(CONTENT)}"'
    assert answer.body == CONTENT[start:end]


def test_ranges_at_every_block_border_agree_with_the_file(nobody, filled):
    for border in range(262_144, SIZE, 262_144):
        for start, end in ((border - 1, border + 1), (border, border + 10), (border - 10, border)):
            answer = nobody.get(f"/{filled}/resolve/main/w.bin", range=f"bytes={start}-{end - 1}")
            assert answer.body == CONTENT[start:end], (start, end)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_a_range_past_the_end_is_416_with_the_size(nobody, filled, asked):
    answer = nobody.get(f"/{filled}/resolve/main/w.bin", range=asked)
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=a-b", "lines=1-2", "bytes=", "bytes=--1",
                                   "bytes=99999999999999999999-"])
def test_a_range_that_is_none_is_ignored_or_refused(nobody, filled, asked):
    answer = nobody.get(f"/{filled}/resolve/main/w.bin", range=asked)
    assert answer.status in (200, 400, 416)
    assert answer.status != 200 or answer.body == CONTENT


def test_head_answers_in_full_whatever_the_range(nobody, filled):
    answer = nobody.head(f"/{filled}/resolve/main/w.bin", range="bytes=0-0")
    assert (answer.status, answer.headers["content-length"]) == (200, str(SIZE))


def test_a_known_etag_is_304_with_its_commit(wire, nobody, filled):
    etag = f'"{sha256(CONTENT)}"'
    for given in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = nobody.get(f"/{filled}/resolve/main/w.bin", if_none_match=given)
        assert (answer.status, answer.body) == (304, b""), given
        assert answer.headers["x-repo-commit"] == head_of(wire, filled)
        assert answer.headers["etag"] == etag
    assert nobody.get(f"/{filled}/resolve/main/w.bin", if_none_match='"other"').status == 200


def test_if_range_gives_the_part_only_of_the_same_file(nobody, filled):
    url = f"/{filled}/resolve/main/w.bin"
    same = nobody.get(url, range="bytes=0-9", if_range=f'"{sha256(CONTENT)}"')
    assert same.status == 206
    other = nobody.get(url, range="bytes=0-9", if_range='"other"')
    assert (other.status, len(other.body)) == (200, SIZE)


def test_what_a_commit_names_may_be_cached_for_ever(wire, nobody, filled):
    head = head_of(wire, filled)
    assert "immutable" in nobody.get(f"/{filled}/resolve/{head}/w.bin").headers["cache-control"]
    assert "no-cache" in nobody.get(f"/{filled}/resolve/main/w.bin").headers["cache-control"]


def test_raw_gives_what_git_holds(nobody, filled):
    raw = nobody.get(f"/{filled}/raw/main/w.bin").body.decode()
    assert raw.startswith("version https://git-lfs.github.com/spec/v1\n")
    assert f"oid sha256:{sha256(CONTENT)}\n" in raw
    assert nobody.get(f"/{filled}/raw/main/a%20b.txt").body == TEXT


def test_the_download_option_sets_the_disposition(nobody, filled):
    answer = nobody.head(f"/{filled}/resolve/main/a%20b.txt?download=true")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "a b.txt" in answer.headers["content-disposition"]


def test_user_files_are_never_run_as_pages(wire, nobody, repo):
    for name, content in (("x.html", b"<script>alert(1)</script>"), ("x.svg", b"<svg></svg>"),
                          ("x.js", b"alert(1)")):
        assert wire.commit(repo, file_line(name, content)).status == 200
        headers = nobody.get(f"/{repo}/resolve/main/{name}").headers
        assert "sandbox" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "html" not in headers["content-type"]
        assert "svg" not in headers["content-type"]


def test_each_kind_of_missing_has_its_code(wire, nobody, filled):
    assert nobody.head(f"/{filled}/resolve/main/no").error == (404, "EntryNotFound")
    assert nobody.head(f"/{filled}/resolve/main/no").headers["x-repo-commit"] == head_of(
        wire, filled)
    assert nobody.head(f"/{filled}/resolve/no/w.bin").error == (404, "RevisionNotFound")
    assert nobody.head("/alice/no/resolve/main/w.bin").headers["x-error-code"] == "RepoNotFound"
    answer = wire.get("/alice/no/resolve/main/w.bin")
    assert answer.error == (404, "RepoNotFound") and answer.json()["error"]


def test_curl_resumes_a_broken_download(curl, server, filled, tmp_path):
    url = f"{server.url}/{filled}/resolve/main/w.bin"
    (tmp_path / "w.bin").write_bytes(CONTENT[:1_234_567])
    curl("-L", "-C", "-", "-o", "w.bin", url)
    assert (tmp_path / "w.bin").read_bytes() == CONTENT
    curl("-L", "-r", "100-199", "-o", "part", url)
    assert (tmp_path / "part").read_bytes() == CONTENT[100:200]


def test_curl_logs_in_by_token_and_by_basic(curl, wire, server, alice, new_name):
    repo = wire.create(new_name("private"), private=True)
    assert wire.commit(repo, file_line("a.txt", b"mine")).status == 200
    url = f"{server.url}/{repo}/resolve/main/a.txt"
    assert curl("-H", f"Authorization: Bearer {alice.token}", url) == b"mine"
    assert curl("-u", f"anything:{alice.token}", url) == b"mine"
    assert curl("-o", "/dev/null", "-w", "%{http_code}", url) in (b"401", b"404")


def test_llama_cpp_finds_and_fetches_a_gguf(wire, nobody, repo):
    """The requests of its downloader, in its order, without its escaping of paths."""
    gguf = b"GGUF" + random_bytes("gguf", 5000)
    oid = wire.upload_lfs(repo, gguf)
    assert wire.commit(repo, lfs_line("m-Q4_K_M.gguf", oid, len(gguf))).status == 200
    refs = nobody.get(f"/api/models/{repo}/refs", user_agent="llama-cpp/b9000",
                      accept="application/json").json()
    commit = next(ref["targetCommit"] for ref in refs["branches"] if ref["name"] == "main")
    tree = nobody.get(f"/api/models/{repo}/tree/{commit}?recursive=true").json()
    item = next(item for item in tree if item["path"].endswith(".gguf"))
    assert item["type"] == "file" and item["lfs"]["oid"] == oid
    url = f"/{repo}/resolve/{commit}/{item['path']}"
    head = nobody.head(url)
    assert head.status == 200 and head.headers["accept-ranges"] == "bytes"
    assert nobody.get(url).body == gguf
    assert nobody.get(url, range="bytes=1000-").status == 206


def test_the_javascript_probe_learns_where_xet_has_the_file(nobody, filled):
    probe = {"range": "bytes=0-0", "accept": "application/vnd.xet-fileinfo+json, */*"}
    answer = nobody.get(f"/{filled}/resolve/main/w.bin", **probe)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/vnd.xet-fileinfo+json"
    info = answer.json()
    assert info["size"] == SIZE and info["hash"] == answer.headers["x-xet-hash"]
    token = nobody.get(info["refreshUrl"].removeprefix(nobody.server.url))
    assert token.status == 200
    assert token.json()["accessToken"] == token.headers["x-xet-access-token"]
    plain = nobody.get(f"/{filled}/resolve/main/w.bin", range="bytes=0-0")
    assert plain.status == 206
    assert plain.headers["content-range"] == f"bytes 0-0/{SIZE}"


def test_browsers_on_other_sites_may_read(nobody, filled):
    headers = nobody.get(f"/{filled}/resolve/main/w.bin", origin="https://example.org").headers
    assert headers["access-control-allow-origin"] == "*"
    exposed = {name.strip().lower() for name in headers["access-control-expose-headers"].split(",")}
    assert {"x-repo-commit", "etag", "content-range", "x-linked-size", "link"} <= exposed
