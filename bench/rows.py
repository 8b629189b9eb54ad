"""The rows that measure speed and CPU time. Granary and its neighbour take turns within a row."""
import concurrent.futures
import contextlib
import http.client
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import time
import urllib.parse

from load import (GIB, bf16_file, commit, cost_of, create_repo, curl, file_line, finish, hf_upload,
                  publish, random_file, registry_push, requests)
from neighbours import DockerRegistry, Measured, Nginx

ROUNDS = 3
FIRST_BYTES_ROUNDS = 5
FIRST_BYTES_PER_ROUND = 400


def median(values):
    return statistics.median(values)


@contextlib.contextmanager
def running(*servers):
    try:
        yield [server.start() for server in servers]
    finally:
        for server in servers:
            server.close()


def row_get(report, scratch, scale):
    size = int(GIB * scale)
    with running(Measured(scratch / "granary"), Nginx(scratch / "nginx")) as (granary, nginx):
        random_file(nginx.root / "file.bin", size, key=1)
        measure_get(report, granary, nginx, size, "GET 1 GiB")


def row_coded(report, scratch, scale):
    size = int(GIB * scale)
    with running(Measured(scratch / "granary"), Nginx(scratch / "nginx")) as (granary, nginx):
        bf16_file(nginx.root / "file.bin", size)
        urls = measure_get(report, granary, nginx, size, "GET 1 GiB of BF16", aim="aim >= 0.9x")
        usage = json.loads(granary.run("stats", "--json").stdout)
        report.figure("kept of that file", usage["stored_size_bytes"] / size,
                      unit="of its size", smaller_is_better=True)
        times = {server: [] for server in urls}
        draw = random.Random(1)
        for _ in range(FIRST_BYTES_ROUNDS):
            for server, url in urls.items():
                times[server] += first_byte_times(url, size, draw)
        for percent in (50, 99):
            report.figure(f"first byte of 4 KiB anywhere, p{percent}",
                          *(1e6 * percentile(times[server], percent) for server in urls),
                          unit="us", smaller_is_better=True)


def measure_get(report, granary, nginx, size, title, aim="aim >= 1.0x"):
    """The file in nginx's root, from both, page-cached. Gives its URL at each."""
    repo = create_repo(granary, "get")
    publish(granary, repo, "file.bin", nginx.root / "file.bin")
    urls = {granary: f"{granary.url}/{repo}/resolve/main/file.bin",
            nginx: f"{nginx.url}/file.bin"}
    for streams in (1, 4):
        costs = {granary: [], nginx: []}
        for _ in range(ROUNDS):
            for server, url in urls.items():
                with cost_of(server) as cost:
                    finish([curl("-r", span, url) for span in ranges(size, streams)])
                costs[server].append(cost)
        name = "1 stream" if streams == 1 else f"{streams} ranges"
        speeds = [max(size / GIB / cost.seconds for cost in costs[server])
                  for server in (granary, nginx)]
        cpus = [median(cost.cpu_seconds for cost in costs[server]) / (size / GIB)
                for server in (granary, nginx)]
        report.figure(f"{title}, {name}, best of {ROUNDS}", *speeds, unit="GiB/s", aim=aim)
        report.figure(f"{title}, {name}, server CPU", *cpus, unit="CPU s/GiB",
                      smaller_is_better=True, aim="aim <= 1.2x")
    return urls


def first_byte_times(url, size, draw):
    """Seconds from a request for 4 KiB somewhere to its first byte, on one connection."""
    target = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname, target.port)
    times = []
    for _ in range(FIRST_BYTES_PER_ROUND):
        start = draw.randrange(size - 4096)
        begun = time.perf_counter()
        connection.request("GET", target.path, headers={"Range": f"bytes={start}-{start + 4095}"})
        answer = connection.getresponse()
        answer.read(1)
        times.append(time.perf_counter() - begun)
        answer.read()
    connection.close()
    return times


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def ranges(size, count):
    """`count` ranges that cover the file, or the whole as one."""
    step = -(-size // count)
    return [f"{start}-{min(start + step, size) - 1}" for start in range(0, size, step)]


def row_meta(report, scratch, scale):
    seconds = max(2, round(4 * scale))
    with running(Measured(scratch / "granary"), Nginx(scratch / "nginx")) as (granary, nginx):
        (nginx.root / "1k").write_bytes(os.urandom(1024))
        repo = create_repo(granary, "meta")
        commit(granary, repo, [file_line(f"{n}.json", b"{}" * n) for n in range(20)])
        works = (("HEAD resolve", "HEAD", f"/{repo}/resolve/main/3.json"),
                 ("model info", "GET", f"/api/models/{repo}"))
        for connections in (1, 16, 64):
            for name, method, path in works:
                rates, cpus = {}, {}
                ours, theirs = (granary, path), (nginx, "/1k")
                for server, target in (ours, theirs, ours, theirs):
                    with cost_of(server) as cost:
                        count, bad = requests(server, target, connections, seconds, method)
                    if bad:
                        raise RuntimeError(f"{bad} of {count} answers of {target} were errors")
                    rates[server] = max(rates.get(server, 0), count / seconds)
                    cpus[server] = min(cpus.get(server, 1e9), 1e6 * cost.cpu_seconds / count)
                where = f"{name}, {connections} connections"
                report.figure(where, rates[granary], rates[nginx], unit="requests/s",
                              aim="aim >= 0.5x")
                report.figure(f"{where}, server CPU", cpus[granary], cpus[nginx],
                              unit="CPU us/request", smaller_is_better=True, aim="aim <= 20 us")


def row_upload(report, scratch, scale):
    size = int(GIB * scale)
    files = [(scratch / f"{n}.bin", random_file(scratch / f"{n}.bin", size, key=100 + n))
             for n in range(9)]
    os.sync()
    with running(Measured(scratch / "granary"), DockerRegistry(scratch / "registry")) as servers:
        granary, registry = servers
        for title, batch in (("1 upload", files[:1]), ("8 at once", files[1:])):
            gib = size * len(batch) / GIB
            with cost_of(granary) as ours:
                finish([hf_upload(granary, f"admin/{path.stem}", path, scratch / "home" / path.stem)
                        for path, _ in batch])
            with cost_of(registry) as theirs:
                finish([registry_push(registry, f"x/{path.stem}", path, oid)
                        for path, oid in batch])
            report.figure(f"{title} of 1 GiB, server CPU", ours.cpu_seconds / gib,
                          theirs.cpu_seconds / gib, unit="CPU s/GiB", smaller_is_better=True,
                          aim="aim <= 0.6x")
            report.figure(f"{title} of 1 GiB, stored per CPU second",
                          gib * GIB / 1e9 / ours.cpu_seconds, gib * GIB / 1e9 / theirs.cpu_seconds,
                          unit="GB/CPU s", aim="aim >= 0.6")
            report.figure(f"{title} of 1 GiB, wall (hf hashes first, curl not)", ours.seconds,
                          theirs.seconds, unit="s", smaller_is_better=True)
            shutil.rmtree(registry.folder / "registry")


def row_small(report, scratch, scale):
    """Speed and syncs are taken from runs of their own: counting the syncs slows the server."""
    count = int(2000 * scale)
    with running(Measured(scratch / "granary")) as (granary,):
        with cost_of(granary) as cost:
            finish([hf_upload(granary, "admin/small", small_files(scratch / "small", count),
                              scratch / "home")])
        with synced(granary) as syncs:
            finish([hf_upload(granary, "admin/more", small_files(scratch / "more", count),
                              scratch / "home")])
        name = f"hf upload of {count:,} small files"
        report.figure(f"{name}, wall", cost.seconds, unit="s")
        report.figure(f"{name}, server CPU", cost.cpu_seconds, unit="s")
        report.figure(name, syncs["count"], unit="fsyncs")
        for clients in (1, 8):
            repos = [create_repo(granary, f"commits-{clients}-{n}") for n in range(clients)]
            seconds = max(2, 5 * scale)
            with cost_of(granary) as cost:
                done = commit_without_end(granary, repos, seconds)
            with synced(granary) as syncs:
                counted = commit_without_end(granary, repos, seconds)
            name = f"commits of one small file, {clients} at once"
            report.figure(name, done / cost.seconds, unit="commits/s")
            report.figure(name, syncs["count"] / counted, unit="fsyncs/commit")
            report.figure(f"{name}, CPU", 1e3 * cost.cpu_seconds / done, unit="CPU ms/commit")


def small_files(folder, count):
    for number in range(count):
        path = folder / f"{number % 50:02}" / f"{number:05}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(300).hex().encode())
    return folder


def commit_without_end(granary, repos, seconds):
    deadline = time.monotonic() + seconds

    def work(repo):
        number = 0
        while time.monotonic() < deadline:
            commit(granary, repo, [file_line("notes.txt", os.urandom(100))])
            number += 1
        return number

    with concurrent.futures.ThreadPoolExecutor(len(repos)) as pool:
        return sum(pool.map(work, repos))


@contextlib.contextmanager
def synced(server):
    """Counts the fsync and fdatasync calls of a with-block by strace, which slows it much."""
    result = {"count": float("nan")}
    if not shutil.which("strace"):
        yield result
        return
    tracer = subprocess.Popen(["strace", "-f", "-c", "-U", "calls,name", "-e",
                               "trace=fsync,fdatasync", "-p", str(server.process.pid)],
                              stderr=subprocess.PIPE, text=True)
    time.sleep(0.5)
    yield result
    tracer.send_signal(2)
    said = tracer.communicate()[1]
    counts = re.findall(r"^\s*(\d+) (?:fsync|fdatasync)$", said, re.MULTILINE)
    result["count"] = sum(map(int, counts))
