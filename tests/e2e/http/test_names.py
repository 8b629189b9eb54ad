"""Path names that must never get in, by every way in; and that nothing of theirs gets out."""
import urllib.parse

import pytest
from wire import file_line, lfs_line

BAD_NAMES = [
    "", ".", "..", "../up.txt", "a/../b.txt", "a/..", "a/./b.txt", "/abs.txt", "a//b.txt", "a/",
    "..\\up.txt", "a\\b.txt", "C:\\x.txt", "c:/x.txt", "nul\0byte.txt", "line\nbreak.txt",
    "tab\there.txt", "bell\x07.txt", ".git/config", "a/.git/config", ".GIT/config", ".Git/hooks/x",
    "a/.gIt", ".git ", ".git.", "git~1/config", ".g\u200cit/config", "trailing.", "trailing ",
    "a/trailing /b.txt", "CON", "con.txt", "aux/b.txt", "COM1", "lpt9.txt", "a" * 256,
    "a/" * 2100 + "b", "x" * 4097, "%2e%2e/up.txt\0", "\ud800.txt", "del\x7f.txt",
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: ascii(name)[:40])
def test_a_bad_name_is_refused_by_the_commit(wire, repo, name):
    before = wire.get(f"/api/models/{repo}/tree/main?recursive=true").json()
    answer = wire.commit(repo, file_line(name, b"evil"))
    assert answer.status in (400, 422), (answer.status, answer.body)
    assert answer.json()["error"]
    assert wire.get(f"/api/models/{repo}/tree/main?recursive=true").json() == before


@pytest.mark.parametrize("name", ["../up.bin", ".git/x.bin", "a\\b.bin", "CON", "a/../../b.bin"])
def test_a_bad_name_is_refused_for_lfs_files_too(wire, repo, name):
    oid = wire.upload_lfs(repo, b"seven b")
    assert wire.commit(repo, lfs_line(name, oid, 7)).status in (400, 422)


@pytest.mark.parametrize("path", [
    "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5cetc%5cpasswd", "%252e%252e/etc/passwd", "a/%00/etc/passwd", "./config.json"])
def test_a_bad_path_reads_nothing(nobody, repo, path):
    for verb in ("resolve", "raw"):
        answer = nobody.get(f"/{repo}/{verb}/main/{path}")
        assert answer.status in (400, 404), (verb, answer.status)
        assert b"root:" not in answer.body


@pytest.mark.parametrize("name", ["a b.txt", "ü/ß.txt", "x%2Fy.txt", "..a", "a..b",
                                  "-rf", "--help", "~root", "$(x)", "`x`", "a;b", "CONfig.txt",
                                  "x" * 255, ".gitignore", ".gitkeep", "git/config", "a.git"])
def test_a_strange_name_that_harms_nobody_is_kept(wire, nobody, repo, name):
    assert wire.commit(repo, file_line(name, b"fine")).status == 200
    path = urllib.parse.quote(name)
    assert nobody.get(f"/{repo}/resolve/main/{path}").body == b"fine"


@pytest.mark.parametrize("pair", [("a.txt", "A.txt"), ("d/x.txt", "D/y.txt"), ("ß.txt", "SS.txt"),
                                  ("é.txt", "E\u0301.txt")])
def test_names_that_collide_on_some_systems_do_not_meet(wire, repo, pair):
    assert wire.commit(repo, file_line(pair[0])).status == 200
    assert wire.commit(repo, file_line(pair[1])).status in (400, 409, 422)
    assert wire.commit(repo, file_line("b.txt"), file_line("B.txt")).status in (400, 409, 422)


def test_a_file_does_not_become_a_folder_unnoticed(wire, repo):
    assert wire.commit(repo, file_line("x")).status == 200
    assert wire.commit(repo, file_line("x/y.txt")).status in (400, 409, 422)


@pytest.mark.parametrize("name", ["api", "datasets", "spaces", "a--b", "a..b", ".a", "a.", 
                                  "x.git", "ü", "a b", "", "x" * 97, "-a"])
def test_a_bad_repo_name_is_refused(wire, name):
    answer = wire.post("/api/repos/create", {"name": name, "organization": None})
    assert answer.status == 400 or (name in ("api", "datasets", "spaces") and answer.status == 200)
