"""Weights for tests: large files, fast to make, as the Xet protocol sees real ones."""
import hashlib
import json
import random
import struct

TENSOR_BYTES = 2_000_000


def noise(seed, size_bytes):
    return random.Random(seed).randbytes(size_bytes)


def safetensors(tensors, metadata):
    """A safetensors file of byte tensors {name: bytes}."""
    header, at = {"__metadata__": metadata}, 0
    for name, data in tensors.items():
        header[name] = {"dtype": "U8", "shape": [len(data)], "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + b"".join(tensors.values())


def model(seed, tensor_count, tensor_bytes):
    return {f"layers.{i}.weight": noise(f"{seed}/{i}", tensor_bytes) for i in range(tensor_count)}


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(folder):
    """path → SHA-256 of every file under a folder, but for the client's own bookkeeping."""
    return {path.relative_to(folder).as_posix(): sha256_of(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and ".cache" not in path.relative_to(folder).parts}
