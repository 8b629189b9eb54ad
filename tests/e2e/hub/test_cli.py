"""The `hf` command, with nothing set but HF_ENDPOINT, as the README tells people to use it."""
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from content import differences, random_bytes, read_tree, sample_tree, write_tree
from repos import since

HF = Path(sys.executable).parent / "hf"


@pytest.fixture
def hf(server, alice, tmp_path):
    """Runs the command as alice, with a home of its own."""
    environment = {**os.environ, "HF_HOME": str(tmp_path / "hf-home"), "HF_TOKEN": alice.token}

    def run(*words, check=True, timeout=120, **changes):
        done = subprocess.run([HF, *words], env={**environment, **changes}, cwd=tmp_path,
                              capture_output=True, text=True, check=False, timeout=timeout)
        if check:
            assert done.returncode == 0, f"hf {words}:\n{done.stdout}\n{done.stderr}"
        return done

    return run


def test_upload_creates_the_repo_and_download_gives_it_back(hf, new_name, tmp_path):
    name = new_name("cli")
    tree = sample_tree(seed=name)
    write_tree(tmp_path / "up", tree)
    hf("upload", name, str(tmp_path / "up"), "--private")
    hf("download", name, "--local-dir", str(tmp_path / "down"))
    assert differences(read_tree(tmp_path / "down"), tree) == []
    cached = hf("download", name, "config.json").stdout.split()[-1]
    assert Path(cached).read_bytes() == tree["config.json"]


def test_upload_makes_the_branch_that_it_is_given(hf, api, new_name, tmp_path):
    name = new_name("cli-branch")
    (tmp_path / "a.txt").write_text("x")
    hf("upload", name, "a.txt", "dir/a.txt", "--revision", "side", "--repo-type", "dataset")
    files = api.list_repo_files(name, repo_type="dataset", revision="side")
    assert "dir/a.txt" in files
    assert "dir/a.txt" not in api.list_repo_files(name, repo_type="dataset")


def test_login_keeps_the_token_for_later(hf, alice, lab):
    hf("auth", "login", "--token", alice.token, HF_TOKEN="")
    said = hf("auth", "whoami", HF_TOKEN="").stdout
    assert alice.name in said and lab in said
    wrong = "hf_" + "z" * 34
    assert hf("auth", "login", "--token", wrong, check=False, HF_TOKEN="").returncode != 0


def test_a_repo_that_is_not_there_is_named_in_one_line(hf):
    done = hf("download", "alice/never-made", check=False)
    assert done.returncode != 0
    assert "Repository Not Found" in done.stderr or "not found" in done.stderr.lower()


@since(1, 33)
def test_repos_are_made_listed_and_deleted(hf, new_name):
    name = new_name("cli-repo")
    hf("repos", "create", name, "--private")
    assert name in hf("repos", "ls", "-q", "--limit", "0").stdout.split()
    hf("repos", "branch", "create", name, "side")
    hf("repos", "tag", "create", name, "v1")
    hf("repos", "delete", name, "--yes")
    assert name not in hf("repos", "ls", "-q", "--limit", "0").stdout.split()


@since(1, 33)
def test_a_downloaded_repo_is_verified(hf, new_name, tmp_path):
    name = new_name("cli-verify")
    write_tree(tmp_path / "up", {"a.txt": b"a", "w.bin": b"seven b"})
    hf("upload", name, "up")
    hf("download", name)
    assert hf("cache", "verify", name).returncode == 0


@since(1, 33)
def test_models_are_listed_and_described(hf, new_name, tmp_path):
    name = new_name("cli-listed")
    write_tree(tmp_path / "up", {"a.txt": b"a"})
    hf("upload", name, "up")
    assert name in hf("models", "ls", "-q", "--search", name.split("/")[1]).stdout.split()
    assert name in hf("models", "info", name).stdout


@pytest.mark.full
def test_a_sharded_model_of_four_gigabytes_goes_round(hf, api, new_name, tmp_path):
    name = new_name("cli-sharded")
    parameters = write_sharded_model(tmp_path / "up", shards=8, tensors=10, tensor_bytes=50_000_000)
    hf("upload", name, str(tmp_path / "up"), timeout=900)
    metadata = api.get_safetensors_metadata(name)
    assert metadata.sharded and len(metadata.files_metadata) == 8
    assert sum(metadata.parameter_count.values()) == parameters
    hf("download", name, "--local-dir", str(tmp_path / "down"), timeout=900)
    for path in (tmp_path / "up").iterdir():
        assert digest(tmp_path / "down" / path.name) == digest(path), path.name
    shutil.rmtree(tmp_path / "up")
    shutil.rmtree(tmp_path / "down")


def write_sharded_model(folder, shards, tensors, tensor_bytes):
    """A model of BF16 tensors in several files, with the index that names them; gives its size in
    parameters."""
    folder.mkdir()
    weight_map = {}
    for shard in range(shards):
        file_name = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        names = [f"model.layers.{shard}.{tensor}.weight" for tensor in range(tensors)]
        weight_map.update(dict.fromkeys(names, file_name))
        header = json.dumps({name: {
            "dtype": "BF16", "shape": [tensor_bytes // 2],
            "data_offsets": [at * tensor_bytes, (at + 1) * tensor_bytes]}
            for at, name in enumerate(names)}).encode()
        with open(folder / file_name, "wb") as file:
            file.write(struct.pack("<Q", len(header)) + header)
            for name in names:
                file.write(random_bytes(name, tensor_bytes))
    total = {"total_size": shards * tensors * tensor_bytes}
    index = {"metadata": total, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    return total["total_size"] // 2


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
