"""What goes up comes down byte for byte, under the names and ids that git and LFS give it."""
import io
import shutil
from pathlib import Path

import pytest
from content import (ODD_NAMES, blob_id, differences, is_lfs, pointer, random_bytes, read_tree,
                     sample_tree, sha256, write_tree)
from huggingface_hub import get_hf_file_metadata, hf_hub_url
from huggingface_hub.hf_api import RepoFile, RepoFolder
from repos import create


@pytest.fixture
def published(api, repo, tmp_path):
    """(repo, path → bytes) of a repo that holds one file of every awkward kind."""
    tree = sample_tree(seed=repo.id)
    api.upload_file(**repo.where, path_or_fileobj=tree[".gitattributes"],
                    path_in_repo=".gitattributes")
    api.upload_folder(**repo.where, folder_path=write_tree(tmp_path / "up", tree))
    return repo, tree


def test_a_folder_comes_back_as_it_was(api, published, tmp_path):
    repo, tree = published
    assert set(api.list_repo_files(**repo.where)) == set(tree)
    folder = api.snapshot_download(**repo.where, cache_dir=tmp_path / "cache")
    assert differences(read_tree(Path(folder)), tree) == []
    again = api.snapshot_download(**repo.where, cache_dir=tmp_path / "cache", local_files_only=True)
    assert again == folder


def test_the_tree_names_every_file_with_its_ids(api, published):
    repo, tree = published
    entries = list(api.list_repo_tree(**repo.where, recursive=True))
    files = {entry.path: entry for entry in entries if isinstance(entry, RepoFile)}
    folders = {entry.path for entry in entries if isinstance(entry, RepoFolder)}
    assert set(files) == set(tree)
    assert folders == {"/".join(path.split("/")[:depth]) for path in tree
                       for depth in range(1, path.count("/") + 1)}
    assert [entry.path for entry in entries] == sorted(
        (entry.path for entry in entries), key=lambda path: path.encode())
    for path, content in tree.items():
        assert files[path].size == len(content), path
        if is_lfs(path) and content:
            assert files[path].lfs.sha256 == sha256(content), path
            assert files[path].lfs.size == len(content), path
            assert files[path].lfs.pointer_size == len(pointer(content)), path
            assert files[path].blob_id == blob_id(pointer(content)), path
        else:
            assert files[path].lfs is None, path
            assert files[path].blob_id == blob_id(content), path


def test_the_info_names_every_file_with_its_size(api, published):
    repo, tree = published
    info = api.repo_info(**repo.where, files_metadata=True)
    siblings = {sibling.rfilename: sibling for sibling in info.siblings}
    assert set(siblings) == set(tree)
    assert {path: sibling.size for path, sibling in siblings.items()} == {
        path: len(content) for path, content in tree.items()}
    assert siblings["weights.bin"].lfs["sha256"] == sha256(tree["weights.bin"])
    assert info.sha == api.list_repo_commits(**repo.where)[0].commit_id
    assert info.last_modified is not None and info.created_at is not None


def test_odd_names_are_found_one_by_one(api, published, tmp_path):
    repo, tree = published
    for name in ODD_NAMES:
        assert api.file_exists(**repo.where, filename=name), name
        path = api.hf_hub_download(**repo.where, filename=name, cache_dir=tmp_path / "cache")
        with open(path, "rb") as file:
            assert file.read() == tree[name], name
    found = {entry.path for entry in api.get_paths_info(**repo.where, paths=list(ODD_NAMES))}
    assert found == set(ODD_NAMES)


def test_the_etag_is_the_git_id_or_the_sha256(api, published, alice):
    repo, tree = published
    head = api.repo_info(**repo.where).sha
    for path in ("config.json", "weights.bin", "empty.txt"):
        url = hf_hub_url(**repo.where, filename=path, endpoint=api.endpoint)
        metadata = get_hf_file_metadata(url, token=alice.token)
        lfs = is_lfs(path)
        assert metadata.etag == (sha256 if lfs else blob_id)(tree[path]), path
        assert metadata.commit_hash == head, path
        assert metadata.size == len(tree[path]), path
        assert metadata.location == url, path


def test_a_local_folder_is_filled_and_then_left_alone(api, published, tmp_path):
    repo, tree = published
    folder = tmp_path / "local"
    api.snapshot_download(**repo.where, local_dir=folder)
    assert differences(read_tree(folder), tree) == []
    written = (folder / "weights.bin").stat().st_mtime_ns
    shutil.rmtree(folder / ".cache")
    api.snapshot_download(**repo.where, local_dir=folder)
    assert (folder / "weights.bin").stat().st_mtime_ns == written


def test_patterns_choose_what_is_downloaded(api, published, tmp_path):
    repo, _ = published
    folder = api.snapshot_download(**repo.where, allow_patterns="*.txt", ignore_patterns="nested/*",
                                   cache_dir=tmp_path / "cache")
    found = read_tree(Path(folder))
    assert "100%.txt" in found
    assert "nested/deep/er/notes.txt" not in found and "weights.bin" not in found


def test_the_same_folder_again_makes_no_commit(api, published, tmp_path):
    repo, _ = published
    before = api.repo_info(**repo.where).sha
    api.upload_folder(**repo.where, folder_path=tmp_path / "up")
    assert api.repo_info(**repo.where).sha == before
    assert len(api.list_repo_commits(**repo.where)) == 3


@pytest.mark.parametrize("source", ["path", "bytes", "file"])
@pytest.mark.parametrize("name, size", [("small.txt", 11), ("large.bin", 3_000_000)])
def test_a_file_goes_up_from_anywhere(api, repo, tmp_path, source, name, size):
    content = random_bytes(source, size) if name.endswith(".bin") else b"some words\n"
    (tmp_path / name).write_bytes(content)
    given = {"path": tmp_path / name, "bytes": content, "file": io.BytesIO(content)}[source]
    api.upload_file(**repo.where, path_or_fileobj=given, path_in_repo=f"in/{name}")
    path = api.hf_hub_download(**repo.where, filename=f"in/{name}", cache_dir=tmp_path / "cache")
    with open(path, "rb") as file:
        assert file.read() == content


def test_a_subfolder_lists_only_itself(api, published):
    repo, _ = published
    direct = {entry.path for entry in api.list_repo_tree(**repo.where, path_in_repo="nested")}
    assert direct == {"nested/deep", "nested/empty.bin", "nested/own-rule.dat"}
    deep = {entry.path for entry in api.list_repo_tree(**repo.where, path_in_repo="a b")}
    assert deep == {"a b/c#d?.txt"}


def test_expanded_entries_name_the_commit_that_last_touched_them(api, published):
    repo, _ = published
    api.upload_file(**repo.where, path_or_fileobj=b"new", path_in_repo="nested/new.txt",
                    commit_message="touch nested only")
    entries = {entry.path: entry for entry in api.list_repo_tree(**repo.where, expand=True)}
    assert entries["nested"].last_commit.title == "touch nested only"
    assert entries["config.json"].last_commit.title != "touch nested only"
    assert entries["config.json"].last_commit.date is not None


def test_an_upload_can_go_below_a_folder_and_replace_what_was_there(api, repo, tmp_path):
    up = write_tree(tmp_path / "up", {"one.txt": b"1", "two.txt": b"2", "skip.log": b"-"})
    api.upload_folder(**repo.where, folder_path=up, path_in_repo="sub", ignore_patterns="*.log")
    (up / "one.txt").unlink()
    (up / "three.txt").write_bytes(b"3")
    api.upload_folder(**repo.where, folder_path=up, path_in_repo="sub", delete_patterns="*.txt",
                      ignore_patterns="*.log")
    below = {path for path in api.list_repo_files(**repo.where) if path.startswith("sub/")}
    assert below == {"sub/two.txt", "sub/three.txt"}


def test_files_of_twelve_mebibytes_of_text_stay_out_of_git(api, model, tmp_path):
    """Above 10 MiB a file is LFS whatever its name; just below it is not."""
    text = b"0123456789abcde\n" * (9 * 1024 * 1024 // 16)
    write_tree(tmp_path / "up", {f"text-{n}.txt": b"%d" % n + text for n in range(3)})
    write_tree(tmp_path / "up", {"long.txt": text + text[:3 * 1024 * 1024]})
    api.upload_folder(**model.where, folder_path=tmp_path / "up")
    files = {entry.path: entry for entry in api.list_repo_tree(**model.where)}
    assert files["text-0.txt"].lfs is None and files["text-2.txt"].size == len(text) + 1
    assert files["long.txt"].lfs is not None


def test_a_new_repo_is_not_empty(api, repo):
    files = set(api.list_repo_files(**repo.where))
    assert files == {".gitattributes"} | ({"README.md"} if repo.type == "space" else set())
    commits = api.list_repo_commits(**repo.where)
    assert [commit.title for commit in commits] == ["initial commit"]
    for name in ("lfs.bin", "lfs.pkl", "data.parquet", "model.safetensors"):
        api.upload_file(**repo.where, path_or_fileobj=b"seven b", path_in_repo=name)
    files = {entry.path: entry for entry in api.list_repo_tree(**repo.where)}
    assert all(files[name].lfs for name in ("lfs.bin", "lfs.pkl", "data.parquet"))


def test_an_organisation_holds_repos_as_a_user_does(api, lab, new_name, repo_type, tmp_path):
    name = f"{lab}/{new_name().split('/')[1]}"
    repo = create(api, name, repo_type)
    api.upload_file(**repo.where, path_or_fileobj=b"ours", path_in_repo="a.txt")
    path = api.hf_hub_download(**repo.where, filename="a.txt", cache_dir=tmp_path / "cache")
    assert Path(path).read_bytes() == b"ours"
