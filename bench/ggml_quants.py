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


def draw(numbers, rows, columns, deviation):
    """Like a transformer's matrix: one deviation, a scale for each row, some tails."""
    weights = numbers.standard_normal((rows, columns), dtype=numpy.float32)
    weights *= numpy.float32(deviation)
    weights *= numpy.exp(0.18 * numbers.standard_normal((rows, 1), dtype=numpy.float32))
    weights[numbers.random((rows, columns)) < 0.03] *= numpy.float32(2.5)
    return weights


def to_bf16(weights):
    bits = weights.astype(numpy.float32).view(numpy.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(numpy.uint16)


def to_float(bf16):
    return (bf16.astype(numpy.uint32) << 16).view(numpy.float32)


def quantiser():
    """A function of a matrix and the name of a type."""
    library = ctypes.CDLL(pathlib.Path(libggml.__file__).parent / "lib64" / "libggml-base.so")
    function = library.ggml_quantize_chunk
    function.restype = ctypes.c_size_t
    function.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64,
                         ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]

    def quantise(weights, name):
        number, size = TYPES[name]
        half = numpy.ascontiguousarray(weights.astype(numpy.float16).astype(numpy.float32))
        room = ctypes.create_string_buffer(half.size // 256 * size)
        made = function(number, half.ctypes.data, room, 0, *half.shape, None)
        if made != len(room):
            sys.exit(f"{name} took {made} bytes, not {len(room)}")
        return room.raw
    return quantise


def main():
    folder = pathlib.Path(sys.argv[1])
    bf16 = to_bf16(draw(numpy.random.default_rng(7), ROWS, COLUMNS, 0.02))
    bf16.tofile(folder / "weights.bf16")
    quantise = quantiser()
    for name in TYPES:
        (folder / f"{name}.quants").write_bytes(quantise(to_float(bf16), name))


if __name__ == "__main__":
    main()
