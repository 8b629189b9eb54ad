"""Branches, tags, and every way to name a revision."""
import pytest
from huggingface_hub.errors import HfHubHTTPError, RevisionNotFoundError


def upload(api, repo, text, **where):
    return api.upload_file(**repo.where, path_or_fileobj=text.encode(), path_in_repo="a.txt",
                           commit_message=f"write {text}", **where).oid


def names(refs):
    return {ref.name for ref in refs}


def test_branches_hold_their_own_files(api, repo, tmp_path):
    upload(api, repo, "main")
    api.create_branch(**repo.where, branch="dev/one")
    upload(api, repo, "dev", revision="dev/one")
    for revision, text in ((None, "main"), ("main", "main"), ("dev/one", "dev"),
                           ("refs/heads/dev/one", "dev")):
        path = api.hf_hub_download(**repo.where, filename="a.txt", revision=revision,
                                   cache_dir=tmp_path / "cache")
        with open(path, encoding="utf-8") as file:
            assert file.read() == text, revision
    refs = api.list_repo_refs(**repo.where)
    assert names(refs.branches) == {"main", "dev/one"} and refs.converts == []
    heads = {ref.name: ref.target_commit for ref in refs.branches}
    assert heads["dev/one"] == api.repo_info(**repo.where, revision="dev/one").sha
    api.delete_branch(**repo.where, branch="dev/one")
    assert names(api.list_repo_refs(**repo.where).branches) == {"main"}


def test_a_branch_starts_where_it_is_told(api, model):
    first = upload(api, model, "1")
    upload(api, model, "2")
    api.create_branch(**model.where, branch="old", revision=first)
    assert api.repo_info(**model.where, revision="old").sha == first


def test_an_existing_branch_is_a_conflict_unless_that_is_fine(api, model):
    api.create_branch(**model.where, branch="b")
    with pytest.raises(HfHubHTTPError) as refused:
        api.create_branch(**model.where, branch="b")
    assert refused.value.response.status_code == 409
    assert "Reference refs/heads/b already exists" in str(refused.value)
    api.create_branch(**model.where, branch="b", exist_ok=True)


@pytest.mark.parametrize("name", ["refs/pr/5", "with space", "a..b", "x.lock"])
def test_bad_branch_names_are_refused(api, model, name):
    with pytest.raises(HfHubHTTPError) as refused:
        api.create_branch(**model.where, branch=name)
    assert 400 <= refused.value.response.status_code < 500


def test_what_cannot_be_deleted_is_not(api, model):
    for branch in ("main", "never-made"):
        with pytest.raises(HfHubHTTPError) as refused:
            api.delete_branch(**model.where, branch=branch)
        assert 400 <= refused.value.response.status_code < 500
    assert names(api.list_repo_refs(**model.where).branches) == {"main"}


def test_tags_stay_where_they_were_put(api, repo, tmp_path):
    first = upload(api, repo, "1")
    api.create_tag(**repo.where, tag="v1.0", tag_message="the first")
    upload(api, repo, "2")
    api.create_tag(**repo.where, tag="v0.9", revision=first[:7])
    refs = api.list_repo_refs(**repo.where)
    assert {ref.name: ref.target_commit for ref in refs.tags} == {"v1.0": first, "v0.9": first}
    assert {ref.ref for ref in refs.tags} == {"refs/tags/v1.0", "refs/tags/v0.9"}
    assert api.repo_info(**repo.where, revision="v1.0").sha == first
    path = api.hf_hub_download(**repo.where, filename="a.txt", revision="refs/tags/v1.0",
                               cache_dir=tmp_path / "cache")
    with open(path, encoding="utf-8") as file:
        assert file.read() == "1"
    with pytest.raises(HfHubHTTPError) as refused:
        api.create_tag(**repo.where, tag="v1.0")
    assert refused.value.response.status_code == 409
    api.create_tag(**repo.where, tag="v1.0", exist_ok=True)
    api.delete_tag(**repo.where, tag="v1.0")
    assert names(api.list_repo_refs(**repo.where).tags) == {"v0.9"}
    with pytest.raises(RevisionNotFoundError):
        api.delete_tag(**repo.where, tag="v1.0")


def test_a_tag_of_an_unknown_revision_is_refused(api, model):
    with pytest.raises(RevisionNotFoundError):
        api.create_tag(**model.where, tag="v1", revision="nowhere")


def test_a_tag_and_a_branch_may_share_a_name(api, model):
    first = upload(api, model, "1")
    api.create_tag(**model.where, tag="same")
    upload(api, model, "2")
    api.create_branch(**model.where, branch="same")
    assert api.repo_info(**model.where, revision="refs/tags/same").sha == first
    assert api.repo_info(**model.where, revision="same").sha != first


def test_a_commit_can_be_named_in_full_or_in_short(api, model):
    sha = upload(api, model, "1")
    for revision in (sha, sha[:7], sha[:12], "main", "refs/heads/main", "HEAD"):
        assert api.repo_info(**model.where, revision=revision).sha == sha, revision


@pytest.mark.parametrize("revision", ["nope", "0" * 40, "refs/pr/9", "feature/none"])
def test_unknown_revisions_are_named_as_such(api, model, revision):
    assert not api.revision_exists(**model.where, revision=revision)
    with pytest.raises(RevisionNotFoundError):
        api.hf_hub_download(**model.where, filename="a.txt", revision=revision)
    with pytest.raises(RevisionNotFoundError):
        upload(api, model, "x", revision=revision)


def test_a_branch_can_be_squashed_alone(api, model):
    upload(api, model, "1")
    api.create_branch(**model.where, branch="b")
    upload(api, model, "2", revision="b")
    api.super_squash_history(**model.where, branch="b", commit_message="one")
    assert len(api.list_repo_commits(**model.where, revision="b")) == 1
    assert len(api.list_repo_commits(**model.where)) == 2
