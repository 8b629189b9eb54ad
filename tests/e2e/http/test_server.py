"""The process: how it starts, refuses, stops, and what its command line does beside it."""
import http.client
import os
import subprocess
import threading

import pytest
from granary import Granary
from wire import Wire, file_line


def test_it_stops_cleanly_and_starts_again_with_everything(own_server):
    wire = Wire(own_server, own_server.admin.token)
    repo = wire.create("admin/kept")
    assert wire.commit(repo, file_line("a.txt", b"kept")).status == 200
    own_server.stop()
    own_server.start()
    assert wire.get(f"/{repo}/resolve/main/a.txt").body == b"kept"


def test_a_second_server_on_the_same_folder_refuses(own_server, tmp_path):
    other = Granary(tmp_path / "own")
    done = subprocess.run([other.binary, "serve", "--data", str(own_server.data), "--listen",
                           f"127.0.0.1:{other.port}"], capture_output=True, text=True,
                          check=False, timeout=30)
    assert done.returncode != 0 and done.stderr
    assert Wire(own_server).get("/healthz").status == 200


def test_a_request_under_way_is_finished_at_the_stop(own_server):
    wire = Wire(own_server, own_server.admin.token)
    repo = wire.create("admin/stopping")
    content = os.urandom(20_000_000)
    oid = wire.upload_lfs(repo, content)
    assert wire.commit(repo, {"key": "lfsFile", "value": {
        "path": "w.bin", "algo": "sha256", "oid": oid, "size": len(content)}}).status == 200
    connection = http.client.HTTPConnection("127.0.0.1", own_server.port, timeout=30)
    connection.request("GET", f"/{repo}/resolve/main/w.bin")
    answer = connection.getresponse()
    first = answer.read(1_000_000)
    stopping = threading.Thread(target=own_server.stop)
    stopping.start()
    assert first + answer.read() == content
    stopping.join()


def test_an_unknown_configuration_key_is_an_error(tmp_path):
    (tmp_path / "granary.toml").write_text("no_such_key = 1\n")
    done = subprocess.run([os.environ["GRANARY_BINARY"], "serve", "--config",
                           str(tmp_path / "granary.toml"), "--check-config"],
                          capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode != 0 and "no_such_key" in done.stderr


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"], ["user", "--help"],
                                   ["token", "--help"], ["repo", "--help"], ["import", "--help"],
                                   ["fsck", "--help"], ["inspect", "--help"], ["init", "--help"]])
def test_every_command_explains_itself(words):
    done = subprocess.run([os.environ["GRANARY_BINARY"], *words], capture_output=True, text=True,
                          check=False, timeout=30)
    assert done.returncode == 0 and len(done.stdout) > 100


def test_users_and_tokens_are_made_with_and_without_a_server(own_server):
    user = own_server.add_user("carol")
    assert user.token.startswith("hf_") and len(user.token) >= 37 and user.token[3:].isalnum()
    assert Wire(own_server, user.token).get("/api/whoami-v2").json()["name"] == "carol"
    own_server.stop()
    other = own_server.add_token("carol", "read")
    own_server.start()
    who = Wire(own_server, other).get("/api/whoami-v2").json()
    assert who["auth"]["accessToken"]["role"] == "read"


def test_fsck_finds_a_flipped_bit(own_server):
    wire = Wire(own_server, own_server.admin.token)
    repo = wire.create("admin/rot")
    oid = wire.upload_lfs(repo, os.urandom(3_000_000))
    assert wire.commit(repo, {"key": "lfsFile", "value": {
        "path": "w.bin", "algo": "sha256", "oid": oid, "size": 3_000_000}}).status == 200
    own_server.stop()
    assert own_server.fsck().returncode == 0
    largest = max((path for path in own_server.data.rglob("*") if path.is_file()),
                  key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 0x10
    largest.chmod(0o600)
    largest.write_bytes(content)
    assert own_server.fsck().returncode != 0
    own_server.start()
    try:
        answer = wire.get(f"/{repo}/resolve/main/w.bin")
        assert answer.status >= 500
    except (http.client.HTTPException, OSError):
        pass  # a broken stream is as good: wrong bytes are not


def test_import_publishes_a_folder_and_a_second_time_nothing(own_server, tmp_path):
    (tmp_path / "up" / "sub").mkdir(parents=True)
    (tmp_path / "up" / "a.txt").write_bytes(b"a")
    (tmp_path / "up" / "sub" / "w.bin").write_bytes(b"seven b")
    for _ in range(2):
        own_server.run("import", str(tmp_path / "up"), "admin/imported")
    wire = Wire(own_server, own_server.admin.token)
    assert wire.get("/admin/imported/resolve/main/sub/w.bin").body == b"seven b"
    assert len(wire.get("/api/models/admin/imported/commits/main").json()) == 2


def test_the_first_page_lists_repos_and_shows_a_card_safely(own_server):
    wire = Wire(own_server, own_server.admin.token)
    repo = wire.create("admin/shown")
    card = (b"---\nlicense: mit\n---\n# A title\n<script>alert(1)</script>\n"
            b"[x](javascript:alert(1))\n")
    assert wire.commit(repo, file_line("README.md", card)).status == 200
    start = Wire(own_server).get("/", accept="text/html")
    assert start.status == 200 and b"admin/shown" in start.body
    page = Wire(own_server).get(f"/{repo}", accept="text/html")
    assert page.status == 200 and b"A title" in page.body
    assert b"<script>alert" not in page.body and b'href="javascript' not in page.body
    assert "default-src 'none'" in page.headers["content-security-policy"]
