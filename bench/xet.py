"""The row of the Xet protocol: `hf` by Xet and without, its library beside another server."""
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

from load import GIB, Cost, bf16_file, call, commit, cost_of, create_repo, finish, hf, lfs_line
from memory import MIB, PeakMemory
from neighbours import LocalCasServer, Measured
from rows import ROUNDS, median, running

RECONSTRUCTIONS = 300


def row_xet(report, scratch, scale):
    size = int(GIB * scale)
    path = scratch / "up" / "model.safetensors"
    bf16_file(path, size)
    os.sync()
    measure_hf(report, scratch, path)
    measure_library(report, scratch, path)


def measure_hf(report, scratch, path):
    """Uploads to two servers; both downloads are from the one that was filled by Xet."""
    gib = path.stat().st_size / GIB
    with running(Measured(scratch / "by-xet"), Measured(scratch / "by-http")) as servers:
        for title, words, used in (
                ("upload", ("upload", "admin/m", path.parent), servers),
                ("download", ("download", "admin/m", "--local-dir"), [servers[0]] * 2)):
            costs, peaks = [], []
            for server, by_xet in zip(used, (True, False)):
                place = [scratch / f"down-{by_xet}"] if title == "download" else []
                os.sync()
                with PeakMemory(server) as memory, cost_of(server) as cost:
                    finish([hf(server, scratch / f"home-{by_xet}-{title}", *words, *place,
                               xet=by_xet)])
                costs.append(cost)
                peaks.append(memory.peak_bytes / MIB)
            figures(report, f"hf {title} of 1 GiB BF16 by Xet", gib, costs, peaks)


def figures(report, name, gib, costs, peaks, aims=("", "", "aim < 160 MB")):
    report.figure(f"{name}, server CPU", *(cost.cpu_seconds / gib for cost in costs),
                  unit="CPU s/GiB", smaller_is_better=True, aim=aims[0])
    report.figure(f"{name}, wall", *(cost.seconds for cost in costs), unit="s",
                  smaller_is_better=True, aim=aims[1])
    report.figure(f"{name}, peak memory", *peaks, unit="MiB", smaller_is_better=True, aim=aims[2])


def measure_library(report, scratch, path):
    """The same calls of hf_xet against both servers, in turn; new servers and caches each round."""
    kinds = [Measured] + [LocalCasServer] * bool(LocalCasServer.find())
    rounds = {kind: [] for kind in kinds}
    alone = []
    for number in range(ROUNDS):
        for kind in kinds:
            rounds[kind].append(library_round(kind, scratch / f"{kind.__name__}-{number}", path))
        alone.append(xet_client(scratch / f"alone-{number}", "upload", {"endpoint": "memory://"},
                                path)["seconds"])
    gib = path.stat().st_size / GIB
    for title, aims in (("upload", ("aim <= 0.5x", "aim <= 0.85x", "aim < 160 MB")),
                        ("download", ("", "aim <= 1.0x", "aim < 160 MB"))):
        runs = [[done[title] for done in rounds[kind]] for kind in kinds]
        figures(report, f"hf_xet {title} of 1 GiB BF16", gib,
                [median_cost([cost for cost, _ in each]) for each in runs],
                [max(peak for _, peak in each) for each in runs], aims)
    report.note(f"hf_xet alone, without a server (memory://): {median(alone):.2f} s to upload")
    report.figure("plan to rebuild 1 GiB, CPU",
                  *(median(done["plan"] for done in rounds[kind]) for kind in kinds),
                  unit="CPU ms/request", smaller_is_better=True, aim="aim <= 1 ms")


def library_round(kind, folder, path):
    """(Cost, peak MiB) of the upload and of the download, and the cost of a plan, on one server."""
    result = {}
    with running(kind(folder / "server")) as (server,):
        repo = create_repo(server, "m") if kind is Measured else None
        *result["upload"], done = measured(server, folder, "upload",
                                           place_of(server, repo, "write"), path)
        file = done["files"][0]
        if repo:
            commit(server, repo, [lfs_line("m.bin", file["sha256"], file["size"])])
        place = place_of(server, repo, "read")
        down = folder / "down.bin"
        *result["download"], _ = measured(server, folder, "download", place, file["hash"],
                                          file["size"], down)
        require_same(path, down)
        result["plan"] = plan_cost(server, place, file)
    shutil.rmtree(folder)
    return result


def measured(server, home, *words):
    """(Cost, peak MiB, answer) of one call of the library; the seconds are those that it counts."""
    os.sync()
    with PeakMemory(server) as memory, cost_of(server) as cost:
        done = xet_client(home / words[0], *words)
    cost.seconds = done["seconds"]
    return cost, memory.peak_bytes / MIB, done


def median_cost(costs):
    return Cost(median(cost.seconds for cost in costs), median(cost.cpu_seconds for cost in costs))


def place_of(server, repo, use):
    """Where the protocol's data plane is, and a token for it."""
    if not repo:
        return {"endpoint": server.url, "token": "none",
                "token_expiry_unix_secs": int(time.time()) + 86400}
    answer = call(server, "GET", f"/api/models/{repo}/xet-{use}-token/main")
    return {"endpoint": answer["casUrl"], "token": answer["accessToken"],
            "token_expiry_unix_secs": answer["exp"]}


def xet_client(home, action, place, *words):
    """Runs xet_client.py with caches of its own."""
    environment = {**os.environ, "HF_HOME": str(home), "HF_XET_CACHE": str(home / "xet"),
                   "NO_PROXY": "127.0.0.1"}
    program = pathlib.Path(__file__).parent / "xet_client.py"
    done = subprocess.run([sys.executable, program, action, json.dumps(place), *map(str, words)],
                          env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def require_same(one, other):
    if subprocess.run(["cmp", one, other], check=False).returncode != 0:
        raise RuntimeError("what came down is not what went up")
    other.unlink()


def plan_cost(server, place, file):
    """CPU milliseconds that the server takes to say where the chunks of a whole file are."""
    host, _, path = place["endpoint"].removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host)
    headers = {"Authorization": f"Bearer {place['token']}",
               "Range": f"bytes=0-{file['size'] - 1}"}
    path = f"/{path}".rstrip("/") + f"/v2/reconstructions/{file['hash']}"
    with cost_of(server) as cost:
        for _ in range(RECONSTRUCTIONS):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            if answer.status != 200 or not json.loads(answer.read())["terms"]:
                raise RuntimeError(f"no plan: {answer.status}")
    return 1e3 * cost.cpu_seconds / RECONSTRUCTIONS
