"""Files of every size go up and come down by Xet, and by everything else, byte for byte."""
import json
import urllib.request

import hf_xet
import pytest
from granary import open_url
from weights import digests, model, noise, safetensors, sha256_of

KIB = 1024
ODD_SIZES = (0, 1, 3, 8 * KIB, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 128 * KIB, 1_000_003)


@pytest.fixture
def odd_folder(tmp_path):
    folder = tmp_path / "up"
    folder.mkdir()
    for size_bytes in ODD_SIZES:
        (folder / f"noise-{size_bytes}.bin").write_bytes(noise(size_bytes, size_bytes))
        (folder / f"zeros-{size_bytes}.bin").write_bytes(bytes(size_bytes))
    (folder / "text.bin").write_bytes(b"the same words again and again\n" * 20_000)
    return folder


def tree_of(server, repo, token):
    request = urllib.request.Request(f"{server.url}/api/models/{repo}/tree/main?recursive=true",
                                     headers={"Authorization": f"Bearer {token}"})
    with open_url(request) as answer:
        return {entry["path"]: entry for entry in json.load(answer)}


def test_files_of_odd_sizes_come_back(hf, new_name, tmp_path, odd_folder):
    name = new_name("xet-odd")
    hf.upload(name, odd_folder)
    hf.download(name, tmp_path / "down")
    found = digests(tmp_path / "down")
    found.pop(".gitattributes", None)
    assert found == digests(odd_folder)


def test_what_came_by_xet_goes_out_by_http_and_the_other_way_round(hf, new_name, tmp_path,
                                                                   odd_folder):
    for way_in, way_out in (("0", "1"), ("1", "0")):
        name = new_name("xet-cross")
        hf.upload(name, odd_folder, HF_HUB_DISABLE_XET=way_in)
        down = tmp_path / f"down-{way_in}"
        hf.download(name, down, HF_HUB_DISABLE_XET=way_out)
        found = digests(down)
        found.pop(".gitattributes", None)
        assert found == digests(odd_folder), (way_in, way_out)


def test_the_file_hash_is_the_one_that_the_client_computes(hf, server, alice, new_name, odd_folder):
    """Whoever took the bytes in: the client's own library says what their hash is."""
    for disabled in ("0", "1"):
        name = new_name("xet-hash")
        hf.upload(name, odd_folder, HF_HUB_DISABLE_XET=disabled)
        tree = tree_of(server, name, alice.token)
        paths = sorted(path for path in odd_folder.iterdir() if path.stat().st_size)
        for path, info in zip(paths, hf_xet.hash_files([str(path) for path in paths]), strict=True):
            entry = tree[path.name]
            assert entry["lfs"]["oid"] == sha256_of(path)
            assert entry["xetHash"] == info.hash, path.name


def test_a_hundred_megabytes(hf, new_name, tmp_path):
    name = new_name("xet-large")
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "model.safetensors").write_bytes(
        safetensors(model("large", 10, 10_000_000), {"format": "pt"}))
    hf.upload(name, tmp_path / "up")
    hf.download(name, tmp_path / "down")
    assert digests(tmp_path / "down")["model.safetensors"] == sha256_of(
        tmp_path / "up" / "model.safetensors")


@pytest.mark.full
def test_two_gigabytes(hf, new_name, tmp_path):
    name = new_name("xet-huge")
    (tmp_path / "up").mkdir()
    with open(tmp_path / "up" / "model.bin", "wb") as file:
        for part in range(20):
            file.write(noise(f"huge/{part}", 100_000_000))
    hf.upload(name, tmp_path / "up")
    hf.download(name, tmp_path / "down")
    assert digests(tmp_path / "down")["model.bin"] == sha256_of(tmp_path / "up" / "model.bin")


def test_twenty_shards(hf, new_name, tmp_path):
    name = new_name("xet-shards")
    (tmp_path / "up").mkdir()
    for shard in range(20):
        (tmp_path / "up" / f"model-{shard + 1:05}-of-00020.safetensors").write_bytes(
            safetensors(model(f"shard/{shard}", 2, 1_000_000), {"format": "pt"}))
    hf.upload(name, tmp_path / "up")
    hf.download(name, tmp_path / "down")
    found = digests(tmp_path / "down")
    found.pop(".gitattributes", None)
    assert found == digests(tmp_path / "up")


@pytest.mark.newest
def test_two_thousand_small_files(hf, new_name, tmp_path):
    name = new_name("xet-many")
    for number in range(2000):
        path = tmp_path / "up" / f"{number % 50:02}" / f"{number}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(noise(number, 100 + 37 * (number % 90)))
    hf("upload", name, tmp_path / "up", "--repo-type", "dataset")
    hf("download", name, "--repo-type", "dataset", "--local-dir", tmp_path / "down")
    found = digests(tmp_path / "down")
    found.pop(".gitattributes", None)
    assert found == digests(tmp_path / "up")


def test_any_range_of_a_file(hf, server, alice, new_name, tmp_path):
    """By plain HTTP, and by the client's own library."""
    name = new_name("xet-range")
    content = noise("range", 3_000_000)
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "model.bin").write_bytes(content)
    hf.upload(name, tmp_path / "up")
    file = hf_xet.XetFileInfo(tree_of(server, name, alice.token)["model.bin"]["xetHash"],
                              len(content))
    streams = download_streams(server, name, alice.token)
    for first, last in ((0, 0), (1, 70_000), (65_535, 65_536), (1_234_567, 2_345_678),
                        (2_999_999, 2_999_999)):
        request = urllib.request.Request(
            f"{server.url}/{name}/resolve/main/model.bin",
            headers={"Authorization": f"Bearer {alice.token}", "Range": f"bytes={first}-{last}"})
        with open_url(request) as answer:
            assert answer.read() == content[first:last + 1]
        stream = streams.download_stream(file, start=first, end=last + 1)
        assert b"".join(stream) == content[first:last + 1]


def download_streams(server, repo, token):
    request = urllib.request.Request(f"{server.url}/api/models/{repo}/xet-read-token/main",
                                     headers={"Authorization": f"Bearer {token}"})
    with open_url(request) as answer:
        place = json.load(answer)
    return hf_xet.XetSession().new_download_stream_group(
        endpoint=place["casUrl"], token=place["accessToken"], token_expiry_unix_secs=place["exp"])


@pytest.mark.parametrize("disabled", ["0", "1"])
def test_of_a_damaged_file_nothing_arrives(own_server, own_hf, tmp_path, disabled):
    """No client checks what it downloads: a server that sent wrong bytes would not be found out."""
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "model.bin").write_bytes(noise("damage", 3_000_000))
    own_hf.upload("admin/m", tmp_path / "up")
    own_server.stop()
    stored = max((path for path in (own_server.data / "objects").rglob("*") if path.is_file()),
                 key=lambda path: path.stat().st_size)
    content = bytearray(stored.read_bytes())
    content[len(content) // 2] ^= 0x10
    stored.chmod(0o600)
    stored.write_bytes(content)
    own_server.start()
    status, _ = own_hf.download("admin/m", tmp_path / "down", "--include", "model.bin",
                                check=False, HF_HUB_DISABLE_XET=disabled)
    assert status != 0
    assert not (tmp_path / "down" / "model.bin").exists()


@pytest.mark.parametrize("repo_type", ["dataset", "space"])
def test_other_kinds_of_repo(hf, api, new_name, tmp_path, repo_type):
    name = new_name("xet-kind")
    options = {"space_sdk": "static"} if repo_type == "space" else {}
    api.create_repo(name, repo_type=repo_type, **options)
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "data.bin").write_bytes(noise(repo_type, 500_000))
    hf("upload", name, tmp_path / "up", "--repo-type", repo_type)
    hf("download", name, "--repo-type", repo_type, "--local-dir", tmp_path / "down")
    assert digests(tmp_path / "down")["data.bin"] == sha256_of(tmp_path / "up" / "data.bin")
