"""The row of a corpus as hubs hold it: one base, nine fine-tunes, ten quantisations."""
import hashlib
import json
import subprocess
import time

from codec import TOP, environment
from load import commit, cost_of, create_repo, file_line, finish, publish
from neighbours import Measured

LAYERS = 4  # of the model: about 100 MB
CARD = b"---\nbase_model: admin/base\n---\nMade of it.\n"
SETTLED_SECONDS = 30  # longer than the recoder works on one xorb


def row_corpus(report, scratch, scale):
    """Everything is published, recoded, and fetched again."""
    others = environment("codecs")
    if not others:
        report.note("SKIPPED: the environment of numpy and ggml could not be made")
        return
    files = scratch / "files"
    files.mkdir()
    finish([subprocess.Popen([others / "bin/python", TOP / "bench/make_corpus.py", files,
                              str(max(1, round(LAYERS * scale)))])])
    server = Measured(scratch / "granary").start("--recode-percent", "100")
    try:
        measure(report, server, sorted(files.iterdir()))
    finally:
        server.close()


def measure(report, server, paths):
    original = sum(path.stat().st_size for path in paths)
    repos = {path: publish_with_card(server, path) for path in paths}
    with cost_of(server) as cost:
        usage = wait_until_settled(server)
    report.figure("stored, of all bytes sent", usage["stored_size_bytes"] / original,
                  unit="of their size", smaller_is_better=True, aim="aim <= 0.30")
    coded = sum(share["coded_size_bytes"] for share in usage["shares"])
    report.figure("tables of blocks and chunks", (usage["stored_size_bytes"] - coded) / original,
                  unit="of their size", smaller_is_better=True, aim="aim <= 0.001")
    for codec in usage["shares"]:
        report.figure(f"of that, coded as {codec['codec']}",
                      codec["size_bytes"] / codec["coded_size_bytes"], unit="times smaller")
    for path, repo in repos.items():
        kept = json.loads(server.run("stats", repo, "--json").stdout)
        report.figure(path.stem, kept["xorb_size_bytes"] / kept["stored_size_bytes"],
                      unit="times smaller")
    report.figure("recoding all of it, CPU", cost.cpu_seconds / (original / 2**30),
                  unit="CPU s/GiB", smaller_is_better=True)
    compare_all(report, server, repos)


def publish_with_card(server, path):
    repo = create_repo(server, path.stem)
    if path.stem != "base":
        commit(server, repo, [file_line("README.md", CARD)])
    publish(server, repo, f"model{path.suffix}", path)
    return repo


def wait_until_settled(server):
    before, since = None, time.monotonic()
    while time.monotonic() - since < SETTLED_SECONDS:
        usage = json.loads(server.run("stats", "--json").stdout)
        if usage != before or usage["unseen_size_bytes"] > 0:
            before, since = usage, time.monotonic()
        time.sleep(0.5)
    return usage


def compare_all(report, server, repos):
    """Fetches every file: it has to be what was sent."""
    size, started = 0, time.monotonic()
    for path, repo in repos.items():
        url = f"{server.url}/{repo}/resolve/main/model{path.suffix}"
        got = subprocess.run(["curl", "-sSf", "--noproxy", "*", url], capture_output=True,
                             check=True).stdout
        with open(path, "rb") as file:
            sent = hashlib.file_digest(file, "sha256").digest()
        if hashlib.sha256(got).digest() != sent:
            raise RuntimeError(f"{path.name} came back changed")
        size += len(got)
    report.figure("all files fetched and compared", size / 2**30 / (time.monotonic() - started),
                  unit="GiB/s")
