"""A model, nine fine-tunes and ten quantisations of it: make_corpus.py FOLDER LAYERS.

Run in the environment `codecs`. The weights are drawn, like a small Llama's; ggml, llama.cpp's
library, quantises them after a turn through FP16, as its converter and quantiser do.
"""
import json
import pathlib
import struct
import sys

import numpy
from ggml_quants import TYPES, draw, quantiser, to_bf16, to_float

HIDDEN, WIDE, HEADS, KV_HEADS, VOCABULARY = 1024, 2816, 16, 4, 8192
MIXED = "Q4_K_M"  # Q4_K, and Q6_K where it tells most
LAYER = {  # checkpoint → GGUF, rows, columns, heads that share the rows
    "self_attn.q_proj": ("attn_q", HIDDEN, HIDDEN, HEADS),
    "self_attn.k_proj": ("attn_k", HIDDEN * KV_HEADS // HEADS, HIDDEN, KV_HEADS),
    "self_attn.v_proj": ("attn_v", HIDDEN * KV_HEADS // HEADS, HIDDEN, 0),
    "self_attn.o_proj": ("attn_output", HIDDEN, HIDDEN, 0),
    "mlp.gate_proj": ("ffn_gate", WIDE, HIDDEN, 0),
    "mlp.up_proj": ("ffn_up", WIDE, HIDDEN, 0),
    "mlp.down_proj": ("ffn_down", HIDDEN, WIDE, 0),
    "input_layernorm": ("attn_norm", 1, HIDDEN, 0),
    "post_attention_layernorm": ("ffn_norm", 1, HIDDEN, 0),
}


def tensors(layers):
    """(checkpoint's name, GGUF's name, rows, columns, heads) of the whole model."""
    yield "model.embed_tokens.weight", "token_embd.weight", VOCABULARY, HIDDEN, 0
    for layer in range(layers):
        for name, (gguf, *shape) in LAYER.items():
            yield f"model.layers.{layer}.{name}.weight", f"blk.{layer}.{gguf}.weight", *shape
    yield "model.norm.weight", "output_norm.weight", 1, HIDDEN, 0


def draw_tensor(numbers, rows, columns):
    if rows == 1:
        return 1 + 0.1 * numbers.standard_normal((1, columns), dtype=numpy.float32)
    return draw(numbers, rows, columns, numpy.exp(numbers.uniform(*numpy.log((0.008, 0.04)))))


def moved(numbers, base, distance):
    noise = numbers.standard_normal(base.shape, dtype=numpy.float32)
    return base + noise * numpy.float32(distance * base.std())


def merged(numbers, base, name):
    """With a low-rank adapter, on queries and values alone."""
    if "q_proj" not in name and "v_proj" not in name:
        return base
    left, right = (numbers.standard_normal(shape, dtype=numpy.float32)
                   for shape in ((base.shape[0], 8), (8, base.shape[1])))
    return base + left @ right * numpy.float32(0.003 * base.std())


def write_safetensors(path, weights, note):
    header, at = {"__metadata__": {"format": "pt", "note": note}}, 0
    for name, bf16 in weights.items():
        shape = list(bf16.shape) if bf16.shape[0] > 1 else [bf16.shape[1]]
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + bf16.nbytes]}
        at += bf16.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for bf16 in weights.values():
            file.write(bf16.tobytes())


def interleaved(weights, heads):
    """Rows as llama.cpp's converter puts them for its rotary embedding."""
    if heads == 0:
        return weights
    rows, columns = weights.shape
    return weights.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(
        rows, columns)


def type_of(kind, name):
    """What llama.cpp makes of a matrix in a file of a kind."""
    if kind != MIXED:
        return kind
    return "Q6_K" if "ffn_down" in name or "attn_v" in name or "token_embd" in name else "Q4_K"


def write_gguf(path, layers, base, kind, quantise):
    def text(value):
        return struct.pack("<Q", len(value)) + value.encode()
    keys = [text("general.architecture") + struct.pack("<I", 8) + text("llama")]
    for key, value in (("head_count", HEADS), ("head_count_kv", KV_HEADS)):
        keys.append(text(f"llama.attention.{key}") + struct.pack("<II", 4, value))
    infos, data, at = [], [], 0
    for name, gguf, rows, columns, heads in tensors(layers):
        weights, shape, number = to_float(base[name]), (columns, rows), 0
        if rows == 1:
            shape, coded = (columns,), weights.tobytes()  # F32
        else:
            of_type = type_of(kind, gguf)
            number, coded = TYPES[of_type][0], quantise(interleaved(weights, heads), of_type)
        infos.append(text(gguf) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, number, at))
        coded += bytes(-len(coded) % 32)
        data.append(coded)
        at += len(coded)
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(infos), len(keys)) + b"".join(keys + infos)
    with open(path, "wb") as file:
        file.write(head + bytes(-len(head) % 32))
        for coded in data:
            file.write(coded)


def main():
    folder, layers = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    numbers = numpy.random.default_rng(7)
    base = {name: to_bf16(draw_tensor(numbers, rows, columns))
            for name, _, rows, columns, _ in tensors(layers)}
    write_safetensors(folder / "base.safetensors", base, "base")
    for distance in (0.0003, 0.001, 0.003, 0.01):
        for copy in (1, 2):
            tune = {name: to_bf16(moved(numbers, to_float(bf16), distance))
                    for name, bf16 in base.items()}
            write_safetensors(folder / f"tune-{distance}-{copy}.safetensors", tune,
                              f"tuned by {distance}, {copy}")
    adapted = {name: to_bf16(merged(numbers, to_float(bf16), name)) for name, bf16 in base.items()}
    write_safetensors(folder / "tune-lora.safetensors", adapted, "merged")
    quantise = quantiser()
    for kind in (*TYPES, MIXED):
        write_gguf(folder / f"quant-{kind}.gguf", layers, base, kind, quantise)


if __name__ == "__main__":
    main()
