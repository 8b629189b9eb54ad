"""Gated repos: seen by all, read by those whose request was accepted."""
import pytest
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError


@pytest.fixture
def gated(api, repo):
    """A repo with manual approval and one file."""
    api.upload_file(**repo.where, path_or_fileobj=b"for friends", path_in_repo="w.bin")
    api.update_repo_settings(**repo.where, gated="manual")
    return repo


def ask(client, repo):
    """What the page's button does; the Python client has no call for it."""
    from huggingface_hub.utils import get_session
    answer = get_session().post(
        f"{client.endpoint}/api/{repo.type}s/{repo.id}/ask-access", json={},
        headers={"Authorization": f"Bearer {client.token}"})
    assert answer.status_code == 200, answer.text


def users(requests):
    return [request.username for request in requests]


def fetch(client, repo, tmp_path):
    return client.hf_hub_download(**repo.where, filename="w.bin", cache_dir=tmp_path / "cache")


def test_a_gate_hides_files_and_shows_the_rest(api, stranger, anonymous, gated, tmp_path):
    assert api.repo_info(**gated.where).gated == "manual"
    for other in (stranger, anonymous):
        assert other.repo_info(**gated.where).gated == "manual"
        assert "w.bin" in other.list_repo_files(**gated.where)
        with pytest.raises(GatedRepoError) as refused:
            fetch(other, gated, tmp_path)
        expected = 403 if other is stranger else 401
        assert refused.value.response.status_code == expected
        with pytest.raises(GatedRepoError):
            other.auth_check(**gated.where)
    fetch(api, gated, tmp_path)


def test_a_request_is_accepted_rejected_and_cancelled(api, stranger, gated, tmp_path, bob):
    ask(stranger, gated)
    assert users(api.list_pending_access_requests(**gated.where)) == [bob.name]
    with pytest.raises(GatedRepoError):
        fetch(stranger, gated, tmp_path)
    api.accept_access_request(**gated.where, user=bob.name)
    assert users(api.list_accepted_access_requests(**gated.where)) == [bob.name]
    assert users(api.list_pending_access_requests(**gated.where)) == []
    fetch(stranger, gated, tmp_path)
    with pytest.raises(HfHubHTTPError):
        api.accept_access_request(**gated.where, user=bob.name)
    api.reject_access_request(**gated.where, user=bob.name, rejection_reason="no longer")
    with pytest.raises(GatedRepoError):
        fetch(stranger, gated, tmp_path / "rejected")
    assert users(api.list_rejected_access_requests(**gated.where)) == [bob.name]
    api.cancel_access_request(**gated.where, user=bob.name)
    assert users(api.list_pending_access_requests(**gated.where)) == [bob.name]


def test_access_can_be_granted_without_a_request(api, stranger, gated, tmp_path, bob):
    api.grant_access(**gated.where, user=bob.name)
    fetch(stranger, gated, tmp_path)
    stranger.auth_check(**gated.where)
    with pytest.raises(HfHubHTTPError):
        api.grant_access(**gated.where, user="nobody-of-that-name")


def test_automatic_approval_needs_the_request_alone(api, stranger, gated, tmp_path):
    api.update_repo_settings(**gated.where, gated="auto")
    assert api.repo_info(**gated.where).gated == "auto"
    with pytest.raises(GatedRepoError):
        fetch(stranger, gated, tmp_path)
    ask(stranger, gated)
    fetch(stranger, gated, tmp_path)


def test_an_open_gate_is_no_gate(api, anonymous, gated, tmp_path):
    api.update_repo_settings(**gated.where, gated=False)
    assert not api.repo_info(**gated.where).gated
    fetch(anonymous, gated, tmp_path)


def test_only_the_owner_sees_and_decides_requests(stranger, gated, bob):
    with pytest.raises(HfHubHTTPError):
        list(stranger.list_pending_access_requests(**gated.where))
    with pytest.raises(HfHubHTTPError):
        stranger.grant_access(**gated.where, user=bob.name)
