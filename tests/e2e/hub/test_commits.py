"""Commits: what they add, copy, delete and refuse, and the history that they leave."""
import concurrent.futures

import pytest
from content import random_bytes, sha256
from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete
from huggingface_hub.errors import BadRequestError, EntryNotFoundError, HfHubHTTPError


def add(path, content=b"text"):
    return CommitOperationAdd(path_in_repo=path, path_or_fileobj=content)


def files(api, repo, **where):
    return set(api.list_repo_files(**repo.where, **where)) - {".gitattributes", "README.md"}


def read(api, repo, path, tmp_path, **where):
    got = api.hf_hub_download(**repo.where, filename=path, cache_dir=tmp_path / "cache", **where)
    with open(got, "rb") as file:
        return file.read()


def test_one_commit_adds_copies_and_deletes(api, repo, tmp_path):
    weights = random_bytes("copies", 200_000)
    api.create_commit(**repo.where, commit_message="first", operations=[
        add("old.txt"), add("keep.txt", b"keep"), add("weights.bin", weights), add("dir/a.txt"),
        add("dir/b/c.txt")])
    done = api.create_commit(
        **repo.where, commit_message="second", commit_description="with a\n\nlonger story",
        operations=[add("new.txt", b"new"), CommitOperationDelete("old.txt"),
                    CommitOperationDelete("dir/", is_folder=True),
                    CommitOperationCopy("weights.bin", "copies/weights.bin"),
                    CommitOperationCopy("keep.txt", "copies/keep.txt")])
    assert files(api, repo) == {"keep.txt", "weights.bin", "new.txt", "copies/weights.bin",
                                "copies/keep.txt"}
    assert read(api, repo, "copies/weights.bin", tmp_path) == weights
    assert read(api, repo, "copies/keep.txt", tmp_path) == b"keep"
    assert done.oid == api.repo_info(**repo.where).sha
    assert done.commit_url.endswith(f"/commit/{done.oid}")
    newest = api.list_repo_commits(**repo.where)[0]
    assert (newest.title, newest.message.strip()) == ("second", "with a\n\nlonger story")
    assert newest.authors == ["alice"] and newest.created_at is not None


def test_history_is_newest_first_and_each_commit_is_readable(api, model, tmp_path):
    oids = [api.create_commit(**model.where, commit_message=f"number {n}",
                              operations=[add("n.txt", b"%d" % n)]).oid for n in range(4)]
    commits = api.list_repo_commits(**model.where)
    assert [commit.commit_id for commit in commits[:4]] == oids[::-1]
    assert commits[-1].title == "initial commit" and len(commits) == 5
    for n, oid in enumerate(oids):
        assert read(api, model, "n.txt", tmp_path, revision=oid) == b"%d" % n
    formatted = api.list_repo_commits(**model.where, formatted=True)
    assert formatted[0].formatted_title == "number 3"


def test_a_commit_on_a_moved_parent_is_refused(api, model):
    old = api.repo_info(**model.where).sha
    new = api.create_commit(**model.where, commit_message="moves on", operations=[add("a.txt")],
                            parent_commit=old).oid
    with pytest.raises(HfHubHTTPError) as refused:
        api.create_commit(**model.where, commit_message="too late", operations=[add("b.txt")],
                          parent_commit=old)
    assert refused.value.response.status_code == 409
    assert "branch was updated" in str(refused.value)
    assert api.repo_info(**model.where).sha == new and files(api, model) == {"a.txt"}
    api.create_commit(**model.where, commit_message="short", operations=[add("b.txt")],
                      parent_commit=new[:7])


def test_commits_at_once_are_put_one_after_the_other(api, model):
    def upload(n):
        return api.upload_file(**model.where, path_or_fileobj=b"%d" % n, path_in_repo=f"{n}.txt")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(upload, range(16)))
    assert files(api, model) == {f"{n}.txt" for n in range(16)}
    assert len(api.list_repo_commits(**model.where)) == 17


def test_deleting_what_is_not_there_says_so(api, model):
    with pytest.raises(EntryNotFoundError):
        api.delete_file(**model.where, path_in_repo="nothing.txt")
    with pytest.raises(EntryNotFoundError):
        api.delete_folder(**model.where, path_in_repo="nothing")


def test_files_and_folders_are_deleted(api, repo):
    api.create_commit(**repo.where, commit_message="fill", operations=[
        add("a.txt"), add("d/1.txt"), add("d/e/2.bin"), add("f/3.txt"), add("f/4.log")])
    api.delete_file(**repo.where, path_in_repo="a.txt")
    api.delete_folder(**repo.where, path_in_repo="d")
    api.delete_files(**repo.where, delete_patterns=["*.log"])
    assert files(api, repo) == {"f/3.txt"}


def test_a_file_may_take_the_place_of_a_folder_and_back(api, model):
    api.create_commit(**model.where, commit_message="folder", operations=[add("x/y.txt")])
    api.create_commit(**model.where, commit_message="file", operations=[
        CommitOperationDelete("x/", is_folder=True), add("x", b"file")])
    assert files(api, model) == {"x"}


def test_a_file_replaced_by_the_same_bytes_makes_no_commit(api, model):
    content = random_bytes("same", 100_000)
    first = api.upload_file(**model.where, path_or_fileobj=content, path_in_repo="w.bin")
    again = api.upload_file(**model.where, path_or_fileobj=content, path_in_repo="w.bin")
    assert again.oid == first.oid
    assert len(api.list_repo_commits(**model.where)) == 2


def test_squashing_leaves_one_commit_and_the_same_files(api, model, tmp_path):
    for n in range(3):
        api.create_commit(**model.where, commit_message=f"{n}", operations=[add(f"{n}.txt")])
    api.create_branch(**model.where, branch="keeps-history")
    api.super_squash_history(**model.where, commit_message="all of it")
    commits = api.list_repo_commits(**model.where)
    assert [commit.title for commit in commits] == ["all of it"]
    assert files(api, model) == {"0.txt", "1.txt", "2.txt"}
    assert len(api.list_repo_commits(**model.where, revision="keeps-history")) == 4
    assert read(api, model, "2.txt", tmp_path) == b"text"


def test_names_that_differ_only_by_case_collide(api, model):
    api.create_commit(**model.where, commit_message="lower", operations=[add("readme.txt", b"1")])
    with pytest.raises(HfHubHTTPError):
        api.create_commit(**model.where, commit_message="upper",
                          operations=[add("README.TXT", b"2")])
    assert files(api, model) == {"readme.txt"}


def test_lfs_files_are_listed_and_deleted_for_good(api, model):
    keep, drop = random_bytes("keep", 50_000), random_bytes("drop", 60_000)
    api.create_commit(**model.where, commit_message="two",
                      operations=[add("keep.bin", keep), add("drop.bin", drop)])
    listed = {file.filename: file for file in api.list_lfs_files(**model.where)}
    assert {name: (file.oid, file.size) for name, file in listed.items()} == {
        "keep.bin": (sha256(keep), 50_000), "drop.bin": (sha256(drop), 60_000)}
    api.permanently_delete_lfs_files(**model.where, lfs_files=[listed["drop.bin"]])
    assert files(api, model) == {"keep.bin"}
    assert [file.filename for file in api.list_lfs_files(**model.where)] == ["keep.bin"]
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download(**model.where, filename="drop.bin")


def test_gitignored_files_are_left_out(api, model, tmp_path):
    folder = tmp_path / "up"
    folder.mkdir()
    for name, text in ((".gitignore", "*.log\n"), ("a.log", "x"), ("a.txt", "x")):
        (folder / name).write_text(text)
    api.upload_folder(**model.where, folder_path=folder)
    assert files(api, model) == {".gitignore", "a.txt"}


def test_a_card_that_is_no_yaml_is_refused_before_anything_goes_up(api, model):
    with pytest.raises((ValueError, BadRequestError, HfHubHTTPError)):
        api.upload_file(**model.where, path_in_repo="README.md",
                        path_or_fileobj=b"---\nlicense: [unclosed\n---\n# Title\n")
    with pytest.raises((ValueError, BadRequestError, HfHubHTTPError)):
        api.upload_file(**model.where, path_in_repo="README.md",
                        path_or_fileobj=b"---\nlicense: no-such-licence\n---\n# Title\n")
    assert len(api.list_repo_commits(**model.where)) == 1


def test_two_thousand_small_files_go_up_at_once(api, model, tmp_path):
    up = tmp_path / "up"
    for n in range(2000):
        file = up / f"{n % 20:02}" / f"{n:04}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"file {n}")
    api.upload_folder(**model.where, folder_path=up)
    assert len(files(api, model)) == 2000
