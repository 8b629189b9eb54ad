"""Repos: made, found, changed, moved, copied, deleted; who may, and what others see of it."""
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError
from repos import create, since


def status(refused):
    return refused.value.response.status_code


def test_create_gives_the_url_and_says_when_it_exists(api, server, repo_type, new_name):
    name = new_name(repo_type)
    options = {"repo_type": repo_type, **({"space_sdk": "static"} if repo_type == "space" else {})}
    url = api.create_repo(name, **options)
    assert url.repo_id == name and url.repo_type == repo_type and url.startswith(server.url)
    with pytest.raises(HfHubHTTPError) as refused:
        api.create_repo(name, **options)
    assert status(refused) == 409
    assert api.create_repo(name, exist_ok=True, **options) == url
    assert api.repo_exists(name, repo_type=repo_type)


def test_the_three_types_are_three_name_spaces(api, new_name):
    name = new_name("shared-name")
    for repo_type in ("model", "dataset", "space"):
        assert not api.repo_exists(name, repo_type=repo_type)
        create(api, name, repo_type)
    api.delete_repo(name, repo_type="dataset")
    assert api.repo_exists(name) and not api.repo_exists(name, repo_type="dataset")


def test_a_bare_name_is_made_in_my_own_namespace(api, new_name, alice):
    bare = new_name("bare").split("/")[1]
    assert api.create_repo(bare).repo_id == f"{alice.name}/{bare}"


def test_a_name_is_found_whatever_its_case(api, new_name):
    name = new_name("MixedCase")
    create(api, name)
    assert api.repo_info(name.lower()).id == name
    with pytest.raises(HfHubHTTPError) as refused:
        api.create_repo(name.upper().replace("ALICE", "alice"))
    assert status(refused) == 409


@pytest.mark.parametrize("name", ["alice/api..x", "alice/a--b", "alice/.x", "alice/x.git"])
def test_bad_names_go_nowhere(api, name):
    with pytest.raises((HFValidationError, HfHubHTTPError)):
        api.create_repo(name)


def test_a_space_needs_an_sdk(api, new_name):
    with pytest.raises((ValueError, HfHubHTTPError)):
        api.create_repo(new_name("space"), repo_type="space")


def test_deleted_repos_are_gone(api, repo):
    api.upload_file(**repo.where, path_or_fileobj=b"x", path_in_repo="x.txt")
    api.delete_repo(**repo.where)
    assert not api.repo_exists(**repo.where)
    with pytest.raises(RepositoryNotFoundError):
        api.hf_hub_download(**repo.where, filename="x.txt")
    with pytest.raises(RepositoryNotFoundError):
        api.delete_repo(**repo.where)
    api.delete_repo(**repo.where, missing_ok=True)


def test_a_moved_repo_answers_under_both_names(api, repo, new_name, tmp_path):
    api.upload_file(**repo.where, path_or_fileobj=b"moved", path_in_repo="x.txt")
    new = new_name("moved")
    api.move_repo(repo.id, new, repo_type=repo.type)
    for name in (new, repo.id):
        assert api.repo_info(name, repo_type=repo.type).id == new
        path = api.hf_hub_download(name, "x.txt", repo_type=repo.type,
                                   cache_dir=tmp_path / name.replace("/", "-"))
        assert Path(path).read_bytes() == b"moved"


def test_the_old_name_of_a_moved_repo_goes_to_nobody_else(api, model, new_name):
    api.move_repo(model.id, new_name("elsewhere"))
    with pytest.raises(HfHubHTTPError):
        api.create_repo(model.id)


def test_a_repo_does_not_move_onto_another(api, model, new_name):
    other = create(api, new_name())
    with pytest.raises(HfHubHTTPError) as refused:
        api.move_repo(model.id, other.id)
    assert status(refused) in (400, 409)
    assert f"A model repository called {other.id} already exists" in str(refused.value)


def test_a_private_repo_is_unknown_to_everybody_else(api, stranger, anonymous, repo):
    api.upload_file(**repo.where, path_or_fileobj=b"secret", path_in_repo="x.txt")
    api.update_repo_settings(**repo.where, private=True)
    assert api.repo_info(**repo.where).private is True
    for other in (stranger, anonymous):
        assert not other.repo_exists(**repo.where)
        for call in (lambda: other.repo_info(**repo.where),
                     lambda: list(other.list_repo_tree(**repo.where)),
                     lambda: other.list_repo_refs(**repo.where),
                     lambda: list(other.list_repo_commits(**repo.where)),
                     lambda: other.get_paths_info(**repo.where, paths=["x.txt"]),
                     lambda: other.hf_hub_download(**repo.where, filename="x.txt"),
                     lambda: other.auth_check(**repo.where)):
            with pytest.raises(RepositoryNotFoundError):
                call()
        assert repo.id not in {found.id for found in other.list_models(author="alice")}
    with pytest.raises(RepositoryNotFoundError):
        stranger.upload_file(**repo.where, path_or_fileobj=b"x", path_in_repo="y.txt")
    with pytest.raises(RepositoryNotFoundError):
        stranger.delete_repo(**repo.where)
    api.update_repo_settings(**repo.where, private=False)
    assert stranger.repo_exists(**repo.where) and anonymous.repo_exists(**repo.where)


def test_a_repo_can_be_made_private(api, stranger, new_name, repo_type):
    repo = create(api, new_name(), repo_type, private=True)
    assert api.repo_info(**repo.where).private is True
    assert not stranger.repo_exists(**repo.where)


@since(1, 8)
def test_visibility_is_understood_as_well_as_private(api, stranger, new_name):
    repo = create(api, new_name(), visibility="private")
    assert not stranger.repo_exists(**repo.where)
    api.update_repo_settings(**repo.where, visibility="public")
    assert stranger.repo_exists(**repo.where)


def test_others_may_read_a_public_repo_and_change_nothing(api, stranger, anonymous, repo, tmp_path):
    api.upload_file(**repo.where, path_or_fileobj=b"public", path_in_repo="x.txt")
    for number, other in enumerate((stranger, anonymous)):
        got = other.snapshot_download(**repo.where, cache_dir=tmp_path / f"{number}")
        assert (Path(got) / "x.txt").read_bytes() == b"public"
    for call in (lambda: stranger.upload_file(**repo.where, path_or_fileobj=b"x", path_in_repo="y"),
                 lambda: stranger.create_branch(**repo.where, branch="b"),
                 lambda: stranger.create_tag(**repo.where, tag="t"),
                 lambda: stranger.delete_file(**repo.where, path_in_repo="x.txt"),
                 lambda: stranger.update_repo_settings(**repo.where, private=True),
                 lambda: stranger.super_squash_history(**repo.where),
                 lambda: stranger.delete_repo(**repo.where)):
        with pytest.raises(HfHubHTTPError) as refused:
            call()
        assert status(refused) == 403
    with pytest.raises(HfHubHTTPError) as refused:
        anonymous.upload_file(**repo.where, path_or_fileobj=b"x", path_in_repo="y")
    assert status(refused) == 401


def test_a_read_token_reads_private_repos_and_writes_nothing(api, reading, new_name):
    repo = create(api, new_name(), private=True)
    assert reading.repo_info(**repo.where).private is True
    for call in (lambda: reading.upload_file(**repo.where, path_or_fileobj=b"x", path_in_repo="y"),
                 lambda: reading.create_repo(new_name()),
                 lambda: reading.delete_repo(**repo.where)):
        with pytest.raises(HfHubHTTPError) as refused:
            call()
        assert status(refused) == 403


def test_nobody_makes_a_repo_in_a_foreign_namespace(stranger, new_name):
    with pytest.raises(HfHubHTTPError) as refused:
        stranger.create_repo(new_name())
    assert status(refused) == 403


def test_exist_ok_is_fine_for_who_may_only_read(api, stranger, model):
    assert stranger.create_repo(model.id, exist_ok=True).repo_id == model.id


def test_a_wrong_token_is_a_token_problem(server, model):
    wrong = HfApi(endpoint=server.url, token="hf_" + "x" * 34)
    with pytest.raises(HfHubHTTPError) as refused:
        wrong.model_info(model.id)
    assert status(refused) == 401
    assert not isinstance(refused.value, RepositoryNotFoundError)
    assert "Invalid credentials" in str(refused.value)


def test_an_org_member_sees_its_private_repos(api, stranger, lab, new_name):
    repo = create(api, f"{lab}/{new_name().split('/')[1]}", private=True)
    assert api.repo_exists(**repo.where) and not stranger.repo_exists(**repo.where)
    assert repo.id in {found.id for found in api.list_models(author=lab)}


@since(1, 33)
def test_a_repo_is_duplicated_with_its_files(api, repo, new_name, tmp_path):
    api.upload_file(**repo.where, path_or_fileobj=b"seven b", path_in_repo="w.bin")
    api.upload_file(**repo.where, path_or_fileobj=b"small", path_in_repo="a/b.txt")
    copy = new_name("copy")
    url = api.duplicate_repo(repo.id, copy, repo_type=repo.type)
    assert url.repo_id == copy
    assert set(api.list_repo_files(copy, repo_type=repo.type)) == set(
        api.list_repo_files(**repo.where))
    got = api.hf_hub_download(copy, "w.bin", repo_type=repo.type, cache_dir=tmp_path)
    assert Path(got).read_bytes() == b"seven b"
    with pytest.raises(HfHubHTTPError) as refused:
        api.duplicate_repo(repo.id, copy, repo_type=repo.type)
    assert status(refused) == 409
    assert api.duplicate_repo(repo.id, copy, repo_type=repo.type, exist_ok=True).repo_id == copy


@since(1, 33)
def test_my_own_repos_are_listed_with_their_size(api, repo):
    api.upload_file(**repo.where, path_or_fileobj=b"x" * 1000, path_in_repo="w.bin")
    mine = {(found.id, found.type): found for found in api.list_user_repos()}
    assert mine[(repo.id, repo.type)].storage >= 1000


def test_auth_check_tells_who_may_read(api, stranger, model):
    api.auth_check(**model.where)
    stranger.auth_check(**model.where)
    with pytest.raises(RepositoryNotFoundError):
        api.auth_check("alice/never-made")


@since(1, 33)
def test_auth_check_tells_who_may_write(api, stranger, model):
    api.auth_check(**model.where, write=True)
    with pytest.raises(HfHubHTTPError) as refused:
        stranger.auth_check(**model.where, write=True)
    assert status(refused) == 403
