"""The row of the Xet protocol: one file by Xet and by plain HTTP, each on a server of its own."""
import os

from load import GIB, bf16_file, cost_of, finish, hf
from memory import MIB, PeakMemory
from neighbours import Measured
from rows import running


def row_xet(report, scratch, scale):
    size = int(GIB * scale)
    bf16_file(scratch / "up" / "model.safetensors", size)
    os.sync()
    with running(Measured(scratch / "by-xet"), Measured(scratch / "by-http")) as servers:
        for title, words in (("upload", ("upload", "admin/m", scratch / "up")),
                             ("download", ("download", "admin/m", "--local-dir"))):
            costs, peaks = [], []
            for server in servers:
                by_xet = server is servers[0]
                place = [scratch / f"down-{by_xet}"] if title == "download" else []
                with PeakMemory(server) as memory, cost_of(server) as cost:
                    finish([hf(server, scratch / f"home-{by_xet}-{title}", *words, *place,
                               xet=by_xet)])
                costs.append(cost)
                peaks.append(memory.peak_bytes / MIB)
            name = f"hf {title} of 1 GiB BF16 by Xet"
            report.figure(f"{name}, server CPU", *(cost.cpu_seconds / (size / GIB)
                                                   for cost in costs),
                          unit="CPU s/GiB", smaller_is_better=True)
            report.figure(f"{name}, wall", *(cost.seconds for cost in costs), unit="s",
                          smaller_is_better=True)
            report.figure(f"{name}, peak memory", *peaks, unit="MiB", smaller_is_better=True,
                          aim="aim < 160 MB")
