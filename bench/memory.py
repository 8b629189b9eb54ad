"""The rows that measure resident memory and the time to start."""
import concurrent.futures
import hashlib
import os
import socket
import threading
import time
import urllib.request

from granary import open_url
from load import (commit, cost_of, create_repo, curl, file_line, finish, lfs_href, lfs_line,
                  publish, random_file)
from neighbours import Measured
from rows import median, running

MIB = 1 << 20
IDLE_CONNECTIONS = 4000


class PeakMemory:
    """Samples a server's resident memory in a thread."""

    def __init__(self, server):
        self.server, self.peak_bytes, self.ended = server, 0, False
        self.thread = threading.Thread(target=self.sample)

    def sample(self):
        while not self.ended:
            self.peak_bytes = max(self.peak_bytes, self.server.resident_bytes())
            time.sleep(0.05)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *problem):
        self.ended = True
        self.thread.join()


def row_idle(report, scratch, scale):
    with running(Measured(scratch / "granary")) as (granary,):
        time.sleep(2)
        report.figure("resident, empty and idle", granary.resident_bytes() / MIB, unit="MiB",
                      aim="aim <= 24 MB")
        count = int(IDLE_CONNECTIONS * scale)
        warm = [connect(granary) for _ in range(200)]
        before = granary.resident_bytes()
        connections = [connect(granary) for _ in range(count)]
        grown = granary.resident_bytes() - before
        report.figure(f"per idle connection, of {count:,}", grown / count / 1024, unit="KiB",
                      aim="aim <= 8 KiB")
        for connection in [*warm, *connections]:
            connection.close()


def connect(server):
    """A connection that has asked once and stays open."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = connection.recv(4096)
    if b" 200 " not in answer:
        raise RuntimeError(f"unexpected answer {answer!r}")
    return connection


def row_transfer(report, scratch, scale):
    size, streams = int(4_000_000_000 * scale), 4
    with running(Measured(scratch / "granary")) as (granary,):
        repo = create_repo(granary, "transfer")
        down = scratch / "down.bin"
        random_file(down, size, key=200)
        publish(granary, repo, "down.bin", down)
        down.unlink()
        files = [(scratch / f"up-{n}.bin", random_file(scratch / f"up-{n}.bin", size, key=300 + n))
                 for n in range(streams)]
        os.sync()
        hrefs = [lfs_href(granary, repo, oid, size) for _, oid in files]
        with PeakMemory(granary) as memory, cost_of(granary) as cost:
            uploads = [curl("-T", path, href) for (path, _), href in zip(files, hrefs)]
            downloads = [curl(f"{granary.url}/{repo}/resolve/main/down.bin")
                         for _ in range(streams)]
            finish(uploads + downloads)
        commit(granary, repo, [lfs_line(path.name, oid, size) for path, oid in files])
        report.figure("resident, four 4 GB uploads and downloads", memory.peak_bytes / MIB,
                      unit="MiB", aim="aim < 128 MB")
        report.figure("the same, wall", cost.seconds, unit="s")
        report.figure("the same, server CPU", cost.cpu_seconds, unit="s")
        time.sleep(10)
        report.figure("resident, ten seconds later", granary.resident_bytes() / MIB, unit="MiB")


def row_start(report, scratch, scale):
    count = int(100_000 * scale)
    with running(Measured(scratch / "granary")) as (granary,):
        fill(granary, count)
        for title, end in (("start", granary.stop), ("start after a kill", granary.kill)):
            times = []
            for _ in range(5):
                end()
                started = time.monotonic()
                granary.start()
                times.append(time.monotonic() - started)
            report.figure(f"{title}, {count:,} stored files, median of 5", median(times), unit="s",
                          aim="aim < 1 s")
        report.figure("resident after it", granary.resident_bytes() / MIB, unit="MiB")


def fill(granary, count):
    """Nine tenths small files, one tenth LFS, each of which is an object on the disk."""
    per_commit, lfs_every = 2500, 10

    def put(repo, number):
        content = os.urandom(200)
        oid = hashlib.sha256(content).hexdigest()
        href = lfs_href(granary, repo, oid, len(content))
        open_url(urllib.request.Request(href, content, method="PUT")).close()
        return lfs_line(f"{number % 50:02}/{number:05}.bin", oid, len(content))

    def fill_repo(first):
        repo = create_repo(granary, f"start-{first}")
        numbers = range(first, min(first + per_commit, count))
        commit(granary, repo, [
            put(repo, n) if n % lfs_every == 0
            else file_line(f"{n % 50:02}/{n:05}.txt", os.urandom(200)) for n in numbers])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(fill_repo, range(0, count, per_commit)))
