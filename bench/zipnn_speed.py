"""Lines of the table of codecs for ZipNN, one thread: zipnn_speed.py FOLDER, of samples.

Run in the environment `zipnn`. The package imports torch, which is a gigabyte, for its tensors; of
bytes, it needs none, so a stand-in takes torch's place.
"""
import pathlib
import sys
import time
import unittest.mock

for name in ("torch", "safetensors", "safetensors.torch"):
    sys.modules[name] = unittest.mock.MagicMock()
import zipnn  # noqa: E402

BLOCK = 256 << 10
CODEC = "zipnn-0.5.4"
TYPES = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32", "fp32-of-bf16": "float32",
         "model-bf16": "bfloat16", "model-fp16": "float16", "model-fp32": "float32"}
LEAST_SECONDS, LEAST_PASSES = 0.15, 3


def best_seconds(work, things):
    best, total, passes = float("inf"), 0, 0
    while total < LEAST_SECONDS or passes < LEAST_PASSES:
        # It writes to what it is given, so each pass gets its own. It works in threads of its own,
        # so the CPU time of all is counted.
        fresh = [bytearray(thing) for thing in things]
        started = time.process_time()
        for thing in fresh:
            work(thing)
        took = time.process_time() - started
        best, total, passes = min(best, took), total + took, passes + 1
    return best


def main():
    for name, kind in TYPES.items():
        path = pathlib.Path(sys.argv[1]) / name
        if not path.exists():
            continue
        data = path.read_bytes()
        blocks = [data[at:at + BLOCK] for at in range(0, len(data), BLOCK)]
        coder = zipnn.ZipNN(input_format="byte", bytearray_dtype=kind, threads=1)
        coded = [bytes(coder.compress(bytearray(block))) for block in blocks]
        if any(bytes(coder.decompress(bytearray(c))) != b for c, b in zip(coded, blocks)):
            sys.exit(f"zipnn gives other bytes back of {name}")
        ratio = len(data) / sum(map(len, coded))
        encode = len(data) / 1e9 / best_seconds(coder.compress, blocks)
        decode = len(data) / 1e9 / best_seconds(coder.decompress, coded)
        print(f"{name:16} {CODEC:16} {ratio:9.3f} {encode:12.2f} {decode:12.2f}",
              flush=True)


main()
