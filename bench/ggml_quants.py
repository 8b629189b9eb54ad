"""Weights and what ggml, llama.cpp's library, makes of them: ggml_quants.py FOLDER.

Run in the environment `codecs`. Writes weights.bf16, like a transformer's, and TYPE.quants of them
after a turn through FP16, as llama.cpp's converters and quantiser leave them.
"""
import ctypes
import pathlib
import sys

import libggml
import numpy

ROWS, COLUMNS = 1024, 2048
# GGUF's number of each type, and the size of what 256 weights become.
TYPES = {"F16": (1, 512), "Q4_0": (2, 144), "Q4_1": (3, 160), "Q5_0": (6, 176), "Q5_1": (7, 192),
         "Q8_0": (8, 272), "Q4_K": (12, 144), "Q5_K": (13, 176), "Q6_K": (14, 210)}


def make_weights():
    numbers = numpy.random.default_rng(7)
    weights = numbers.standard_normal((ROWS, COLUMNS), dtype=numpy.float32) * numpy.float32(0.02)
    weights *= numpy.exp(0.18 * numbers.standard_normal((ROWS, 1), dtype=numpy.float32))
    weights[numbers.random((ROWS, COLUMNS)) < 0.03] *= numpy.float32(2.5)
    bits = weights.view(numpy.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(numpy.uint16)


def main():
    folder = pathlib.Path(sys.argv[1])
    library = ctypes.CDLL(pathlib.Path(libggml.__file__).parent / "lib64" / "libggml-base.so")
    quantise = library.ggml_quantize_chunk
    quantise.restype = ctypes.c_size_t
    quantise.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64,
                         ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
    bf16 = make_weights()
    bf16.tofile(folder / "weights.bf16")
    wide = (bf16.astype(numpy.uint32) << 16).view(numpy.float32)
    weights = numpy.ascontiguousarray(wide.astype(numpy.float16).astype(numpy.float32))
    for name, (number, size) in TYPES.items():
        room = ctypes.create_string_buffer(ROWS * COLUMNS // 256 * size)
        made = quantise(number, weights.ctypes.data, room, 0, ROWS, COLUMNS, None)
        if made != len(room):
            sys.exit(f"{name} took {made} bytes, not {len(room)}")
        (folder / f"{name}.quants").write_bytes(room.raw)


main()
