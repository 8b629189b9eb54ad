"""Files for tests: content of every awkward kind, and the ids that git and LFS give it."""
import hashlib
import random

CARD = b"""---
license: apache-2.0
language: [en, de]
library_name: transformers
pipeline_tag: text-generation
tags: [granary-test]
---
# A model

Made for a test.
"""

LARGE_BYTES = 12_000_000

# Names that are legal, and that servers and clients have got wrong.
ODD_NAMES = (
    "a b/c#d?.txt",
    "to?/awful?filename%you:should,never.give",
    "100%.txt",
    "a+b&c=d;e.txt",
    "per%20cent/%2F.txt",
    "quote'and\"double.txt",
    "brackets[1]{2}(3).txt",
    "ünï/код/文件.txt",
    "tilde~/@at/$dollar!.txt",
    ".hidden/.file",
    "resolve/main/tree.txt",
    "blob/commit/revision/refs.txt",
)


def random_bytes(seed, size_bytes):
    return random.Random(seed).randbytes(size_bytes)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def blob_id(content):
    """The id git gives this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def pointer(content):
    return (f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256(content)}\n"
            f"size {len(content)}\n").encode()


def is_lfs(path):
    return path.endswith((".bin", ".safetensors", ".gguf")) or path.endswith(".dat")


def sample_tree(seed):
    """path → bytes: nested, odd, empty, small, large, and LFS by a rule of its own."""
    tree = {
        "README.md": CARD,
        "config.json": b'{"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3"}',
        "nested/deep/er/notes.txt": b"deep\n",
        "empty.txt": b"",
        "nested/empty.bin": b"",
        "tiny.bin": b"seven b",
        "weights.bin": random_bytes(seed, LARGE_BYTES),
        "nested/own-rule.dat": b"LFS because .gitattributes says so",
        ".gitattributes": b"*.bin filter=lfs diff=lfs merge=lfs -text\n"
                          b"*.dat filter=lfs diff=lfs merge=lfs -text\n",
    }
    tree.update({name: f"{seed} {name}".encode() for name in ODD_NAMES})
    return tree


def write_tree(folder, tree):
    for path, content in tree.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def read_tree(folder):
    """path → bytes of every file under a folder, but for the client's own bookkeeping."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and ".cache" not in path.relative_to(folder).parts}


def differences(found, expected):
    """Names what differs between two trees, without printing megabytes."""
    said = [f"missing: {path}" for path in sorted(expected.keys() - found.keys())]
    said += [f"unexpected: {path}" for path in sorted(found.keys() - expected.keys())]
    said += [f"differs: {path}" for path in sorted(found.keys() & expected.keys())
             if found[path] != expected[path]]
    return said
