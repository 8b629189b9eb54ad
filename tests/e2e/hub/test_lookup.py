"""What clients ask about: files, repos, people, lists, searches, and each kind of not found."""
import json
import struct

import pytest
from content import blob_id, random_bytes, sha256
from huggingface_hub import HfApi, HfFileSystem, hf_hub_url
from huggingface_hub.errors import (EntryNotFoundError, HfHubHTTPError, RepositoryNotFoundError,
                                    RevisionNotFoundError)
from repos import create, since


def safetensors(seed, rows=4, columns=8):
    """A safetensors file of one F32 and one BF16 tensor."""
    values = random_bytes(seed, rows * columns * 6)
    split = rows * columns * 4
    header = json.dumps({
        "__metadata__": {"format": "pt"},
        "a.weight": {"dtype": "F32", "shape": [rows, columns], "data_offsets": [0, split]},
        "b.weight": {"dtype": "BF16", "shape": [rows, columns],
                     "data_offsets": [split, len(values)]}}).encode()
    return struct.pack("<Q", len(header)) + header + values


CARD = """---
license: apache-2.0
language: [en, de]
library_name: transformers
pipeline_tag: text-generation
tags: [one-tag]
base_model: alice/some-base
datasets: [alice/some-data]
---
# A model
"""


def test_each_kind_of_missing_has_its_own_error(api, repo):
    api.upload_file(**repo.where, path_or_fileobj=b"x", path_in_repo="there.txt")
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download(**repo.where, filename="missing.txt")
    with pytest.raises(RevisionNotFoundError):
        api.hf_hub_download(**repo.where, filename="there.txt", revision="missing")
    with pytest.raises(RepositoryNotFoundError):
        api.hf_hub_download("alice/missing", "there.txt", repo_type=repo.type)
    with pytest.raises(EntryNotFoundError):
        list(api.list_repo_tree(**repo.where, path_in_repo="missing"))
    with pytest.raises(RevisionNotFoundError):
        list(api.list_repo_tree(**repo.where, revision="missing"))
    with pytest.raises(RepositoryNotFoundError):
        list(api.list_repo_tree("alice/missing", repo_type=repo.type))
    with pytest.raises(RevisionNotFoundError):
        api.snapshot_download(**repo.where, revision="missing")
    with pytest.raises(RepositoryNotFoundError):
        api.repo_info("alice/missing", repo_type=repo.type)


def test_existence_is_answered_without_errors(api, repo):
    api.upload_file(**repo.where, path_or_fileobj=b"x", path_in_repo="there.txt")
    assert api.file_exists(**repo.where, filename="there.txt")
    assert not api.file_exists(**repo.where, filename="missing.txt")
    assert not api.file_exists(**repo.where, filename="there.txt", revision="missing")
    assert not api.file_exists("alice/missing", "there.txt", repo_type=repo.type)
    assert api.revision_exists(**repo.where, revision="main")
    assert not api.revision_exists(**repo.where, revision="missing")


def test_a_missing_file_is_remembered_by_the_cache(api, model, tmp_path):
    """X-Repo-Commit on the 404 lets the client write .no_exist, which transformers lives on."""
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download(model.id, "adapter_config.json", cache_dir=tmp_path)
    assert [path.name for path in tmp_path.rglob(".no_exist/*/*")] == ["adapter_config.json"]


def test_paths_are_looked_up_in_bulk(api, repo):
    weights = random_bytes("paths", 30_000)
    for path, content in (("a.txt", b"a"), ("d/e/w.bin", weights)):
        api.upload_file(**repo.where, path_or_fileobj=content, path_in_repo=path)
    asked = ["a.txt", "d/e/w.bin", "d", "d/e/", "missing.txt"]
    found = {entry.path: entry for entry in api.get_paths_info(**repo.where, paths=asked)}
    assert set(found) == {"a.txt", "d/e/w.bin", "d", "d/e"}
    assert found["a.txt"].blob_id == blob_id(b"a")
    assert found["d/e/w.bin"].lfs.sha256 == sha256(weights)
    assert hasattr(found["d"], "tree_id")
    expanded = api.get_paths_info(**repo.where, paths="a.txt", expand=True)
    assert expanded[0].last_commit.title == "Upload a.txt with huggingface_hub"


def test_the_card_becomes_fields_and_tags(api, model):
    api.upload_file(**model.where, path_or_fileobj=CARD.encode(), path_in_repo="README.md")
    api.upload_file(**model.where, path_or_fileobj=safetensors("card"),
                    path_in_repo="model.safetensors")
    api.upload_file(**model.where, path_in_repo="config.json",
                    path_or_fileobj=b'{"model_type": "qwen3", "architectures": ["Qwen3Model"]}')
    info = api.model_info(model.id)
    assert info.card_data.license == "apache-2.0"
    assert info.library_name == "transformers" and info.pipeline_tag == "text-generation"
    assert {"license:apache-2.0", "en", "de", "one-tag", "base_model:alice/some-base",
            "dataset:alice/some-data", "transformers", "safetensors"} <= set(info.tags)
    assert info.safetensors.parameters == {"F32": 32, "BF16": 32} and info.safetensors.total == 64
    assert info.config["model_type"] == "qwen3"
    assert info.author == "alice" and info.private is False and not info.gated


def test_expand_gives_the_named_fields_and_refuses_others(api, model):
    info = api.model_info(model.id, expand=["sha", "tags", "author"])
    assert info.sha and info.author == "alice" and info.siblings is None
    with pytest.raises(HfHubHTTPError) as refused:
        api.model_info(model.id, expand=["nonsense"])
    assert refused.value.response.status_code == 400


def test_models_are_listed_searched_and_filtered(api, anonymous, new_name):
    one, two = create(api, new_name("Searchable-One")), create(api, new_name("searchable-two"))
    card = CARD.replace("one-tag", "searchable-tag").encode()
    api.upload_file(**one.where, path_or_fileobj=card, path_in_repo="README.md")

    def found(**query):
        return {model.id for model in anonymous.list_models(**query)}

    assert found(search="searchable") == {one.id, two.id}
    assert found(search="SEARCHABLE-one") == {one.id}
    assert {one.id, two.id} <= found(author="alice")
    assert found(author="nobody") == set()
    assert found(filter="searchable-tag") == {one.id}
    assert found(filter=["searchable-tag", "license:apache-2.0"]) == {one.id}
    assert found(filter=["searchable-tag", "license:mit"]) == set()
    assert found(pipeline_tag="text-generation", search="searchable") == {one.id}
    full = next(iter(anonymous.list_models(search="searchable-one", full=True)))
    assert {sibling.rfilename for sibling in full.siblings} == {".gitattributes", "README.md"}
    assert full.sha and full.last_modified


def test_lists_come_in_pages(api, anonymous, new_name, repo_type):
    wanted = {create(api, new_name(f"paged-{repo_type}"), repo_type).id for _ in range(5)}
    method = getattr(anonymous, f"list_{repo_type}s")
    assert len(list(method(search=f"paged-{repo_type}", limit=3))) == 3
    assert {found.id for found in method(search=f"paged-{repo_type}")} == wanted
    newest_first = [found.id for found in method(search=f"paged-{repo_type}", sort="created_at")]
    assert set(newest_first) == wanted


def test_long_histories_and_trees_come_in_pages(api, model):
    from huggingface_hub import CommitOperationAdd
    adds = [CommitOperationAdd(f"{n:05}.txt", b"%d" % n) for n in range(1500)]
    api.create_commit(**model.where, operations=adds, commit_message="many")
    assert len(list(api.list_repo_tree(**model.where))) == 1501
    expanded = list(api.list_repo_tree(**model.where, expand=True))
    assert len(expanded) == 1501 and all(entry.last_commit for entry in expanded)


def test_whoami_knows_the_user_the_token_and_the_organisations(api, anonymous, reading, lab):
    me = api.whoami()
    assert me["name"] == "alice" and me["type"] == "user"
    assert lab in {org["name"] for org in me["orgs"]}
    assert me["auth"]["accessToken"]["role"] == "write"
    assert reading.whoami()["auth"]["accessToken"]["role"] == "read"
    assert me["auth"]["accessToken"]["displayName"]
    with pytest.raises(OSError, match="Invalid user token"):  # an HTTP error in every version
        HfApi(endpoint=api.endpoint, token="hf_" + "y" * 34).whoami()


def test_users_and_organisations_have_a_page(api, lab, model):
    user = api.get_user_overview("alice")
    assert user.username == "alice" and user.num_models >= 1
    org = api.get_organization_overview(lab)
    assert org.name == lab
    assert {member.username for member in api.list_organization_members(lab)} == {"alice"}
    with pytest.raises(HfHubHTTPError):
        api.get_user_overview("nobody-of-that-name")


def test_likes_are_counted(api, stranger, model, alice):
    from huggingface_hub.utils import get_session
    answer = get_session().post(f"{api.endpoint}/api/models/{model.id}/like",
                                headers={"Authorization": f"Bearer {stranger.token}"})
    assert answer.status_code == 200
    assert api.model_info(model.id).likes == 1
    assert [user.username for user in api.list_repo_likers(model.id)] == ["bob"]
    assert model.id in api.list_liked_repos("bob").models
    stranger.unlike(model.id)
    assert api.model_info(model.id).likes == 0


def test_tags_by_type_can_be_read(api):
    assert isinstance(api.get_model_tags(), dict)
    assert isinstance(api.get_dataset_tags(), dict)


def test_safetensors_headers_are_read_by_range(api, model):
    api.upload_file(**model.where, path_or_fileobj=safetensors("meta", 64, 64),
                    path_in_repo="model.safetensors")
    metadata = api.get_safetensors_metadata(model.id)
    assert metadata.parameter_count == {"F32": 4096, "BF16": 4096} and not metadata.sharded
    assert metadata.files_metadata["model.safetensors"].tensors["b.weight"].shape == [64, 64]


@pytest.fixture
def sharded(api, model):
    """A model of two safetensors files and their index."""
    index = {"metadata": {"total_size": 384}, "weight_map": {}}
    for number in (1, 2):
        name = f"model-{number:05}-of-00002.safetensors"
        api.upload_file(**model.where, path_or_fileobj=safetensors(name), path_in_repo=name)
        index["weight_map"][f"{number}.weight"] = name
    api.upload_file(**model.where, path_or_fileobj=json.dumps(index).encode(),
                    path_in_repo="model.safetensors.index.json")
    return model


def test_sharded_safetensors_are_understood(api, sharded):
    metadata = api.get_safetensors_metadata(sharded.id)
    assert metadata.sharded and len(metadata.files_metadata) == 2
    assert metadata.parameter_count == {"F32": 64, "BF16": 64}


@since(2, 0)
def test_sharded_headers_come_in_one_answer(api, sharded):
    metadata = api.get_sharded_safetensors_metadata(sharded.id)
    assert metadata.sharded and metadata.parameter_count == {"F32": 64, "BF16": 64}


@since(1, 33)
def test_a_cache_is_verified_against_the_hub(api, repo, tmp_path):
    for path, content in (("a.txt", b"a"), ("w.bin", random_bytes("verify", 10_000))):
        api.upload_file(**repo.where, path_or_fileobj=content, path_in_repo=path)
    folder = tmp_path / "local"
    api.snapshot_download(**repo.where, local_dir=folder)
    sound = api.verify_repo_checksums(**repo.where, local_dir=folder)
    assert not sound.mismatches and not sound.missing_paths and sound.checked_count >= 3
    (folder / "w.bin").write_bytes(b"changed")
    assert [bad["path"] for bad in
            api.verify_repo_checksums(**repo.where, local_dir=folder).mismatches] == ["w.bin"]


def test_the_file_system_reads_and_writes(api, server, alice, repo):
    files = HfFileSystem(endpoint=server.url, token=alice.token, skip_instance_cache=True)
    root = {"model": "", "dataset": "datasets/", "space": "spaces/"}[repo.type] + repo.id
    content = random_bytes("fs", 300_000)
    with files.open(f"{root}/d/w.bin", "wb") as file:
        file.write(content)
    with files.open(f"{root}/notes.txt", "w") as file:
        file.write("hello")
    files.invalidate_cache()
    assert f"{root}/d/w.bin" in files.find(root)
    assert files.glob(f"{root}/**/*.bin") == [f"{root}/d/w.bin"]
    assert files.info(f"{root}/d/w.bin")["size"] == len(content)
    assert files.isdir(f"{root}/d") and not files.exists(f"{root}/missing")
    with files.open(f"{root}/d/w.bin", "rb", block_size=65536) as file:
        file.seek(123_456)
        assert file.read(1000) == content[123_456:124_456]
        file.seek(-10, 2)
        assert file.read() == content[-10:]
    assert files.cat_file(f"{root}/notes.txt") == b"hello"
    files.rm(f"{root}/notes.txt")
    files.invalidate_cache()
    assert not files.exists(f"{root}/notes.txt")


def test_the_url_of_a_file_is_where_it_is(api, repo):
    api.upload_file(**repo.where, path_or_fileobj=b"x", path_in_repo="d/a b.txt")
    from huggingface_hub.utils import get_session
    url = hf_hub_url(**repo.where, filename="d/a b.txt", endpoint=api.endpoint)
    assert get_session().get(url).content == b"x"
