"""Kills the server again and again under load from real clients, and checks that nothing is lost.

What must hold after each crash: acknowledged means there, byte for byte; not acknowledged means
there whole or not at all; nothing is there that was never sent; `granary fsck` finds nothing.
"""
import argparse
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from granary import Granary, die_with_parent, open_url
from journal import Journal, complaints

HERE = pathlib.Path(__file__).parent
CLIENTS = ("hub", "xet", "xet", "curl", "curl")
FSCK_EVERY = 5
# Every second life leaves coding to the recoder, which then works while it is killed.
LIVES = ((), ("--code-at-ingest", "false", "--recode-percent", "100"))


class Client:
    """One client process with a repo and a journal of its own."""

    def __init__(self, number, kind, server, folder, seed):
        self.repo = f"admin/load-{number}"
        self.journal = Journal(folder / f"{number}.journal")
        self.log = folder / f"{number}.log"
        client = "curl" if kind == "curl" else "hub"
        self.command = [sys.executable, HERE / "client.py", client, server.url, self.repo,
                        self.journal.path, f"{seed}-{number}"]
        self.environment = {**os.environ, "HF_TOKEN": server.admin.token,
                            "HF_ENDPOINT": server.url,
                            "HF_HUB_DISABLE_XET": "0" if kind == "xet" else "1",
                            "HF_XET_CLIENT_RETRY_BASE_DELAY": "50ms",
                            "HF_HOME": str(folder / f"home-{number}"),
                            "HF_HUB_DISABLE_PROGRESS_BARS": "1", "NO_PROXY": "127.0.0.1"}

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=log,
                                            stderr=log, preexec_fn=die_with_parent)

    def stop(self):
        self.process.kill()
        self.process.wait()


def ask(server, path):
    headers = {"Authorization": f"Bearer {server.admin.token}"}
    request = urllib.request.Request(server.url + path, headers=headers)
    with open_url(request, timeout=120) as answer:
        return answer.read(), answer.headers


def pages(server, path):
    """All items of a paged list."""
    while path:
        body, headers = ask(server, path)
        yield from json.loads(body)
        link = headers.get("Link")
        path = link[1:link.index(">")].removeprefix(server.url) if link else None


def check(server, client):
    """What is wrong with one client's repo; every byte of it is read."""
    tree = pages(server, f"/api/models/{client.repo}/tree/main?recursive=true")
    found = {}
    for entry in tree:
        if entry["type"] == "file" and entry["path"] != ".gitattributes":
            body, _ = ask(server, f"/{client.repo}/resolve/main/{entry['path']}")
            found[entry["path"]] = hashlib.sha256(body).hexdigest()
    commits = {item["id"] for item in pages(server, f"/api/models/{client.repo}/commits/main")}
    return [f"{client.repo}: {text}"
            for text in complaints(client.journal.attempts(), found, commits)]


def fsck(server):
    done = server.fsck()
    return [f"fsck: {done.stdout}{done.stderr}"] if done.returncode else []


def create_repos(server, clients):
    for client in clients:
        body = json.dumps({"name": client.repo.split("/")[1]}).encode()
        headers = {"Authorization": f"Bearer {server.admin.token}",
                   "Content-Type": "application/json"}
        open_url(urllib.request.Request(f"{server.url}/api/repos/create", body, headers)).close()


def acknowledged(clients):
    return sum(client.journal.acknowledged_count() for client in clients)


def run(options, server, folder):
    chance = random.Random(options.seed)
    clients = [Client(number, kind, server, folder, options.seed)
               for number, kind in enumerate(CLIENTS)]
    recoded = 0
    server.start(*LIVES[1])
    create_repos(server, clients)
    for client in clients:
        client.start()
    wrong = []
    for kill in range(1, options.kills + 1):
        time.sleep(chance.uniform(0.2, 2.0))
        recoded += server.counter("granary_recoder_recoded_total")
        server.kill()
        if kill % FSCK_EVERY == 0:
            wrong += fsck(server)
        server.start(*LIVES[kill % 2])
        ended = [client for client in clients if client.process.poll() is not None]
        wrong += [f"a client ended: {client.log.read_text()[-2000:]}" for client in ended]
        if wrong:
            return wrong, acknowledged(clients), recoded
    time.sleep(2)
    for client in clients:
        client.stop()
    wrong = [text for client in clients for text in check(server, client)]
    server.stop()
    return wrong + fsck(server), acknowledged(clients), recoded


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=12, help="how many SIGKILLs (default 12)")
    parser.add_argument("--seed", default=str(random.randrange(10**9)), help="what decides chance")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="killloop-"))
    server = Granary(folder / "server")
    print(f"killloop: {options.kills} kills, --seed {options.seed}, in {folder}", flush=True)
    started = time.monotonic()
    try:
        wrong, count, recoded = run(options, server, folder)
    finally:
        server.close()
    for text in wrong:
        print(f"killloop: {text}")
    print(f"killloop: {options.kills} kills, {count} acknowledged commits, {recoded} recoded, "
          f"{len(wrong)} wrong, {time.monotonic() - started:.0f} s")
    if not wrong and not options.keep:
        shutil.rmtree(folder)
    sys.exit(bool(wrong) or count == 0)


if __name__ == "__main__":
    main()
