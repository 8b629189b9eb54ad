"""Repos for tests of the Python client, and what its version lets a test do."""
import dataclasses

import huggingface_hub
import pytest

VERSION = tuple(int(part) for part in huggingface_hub.__version__.split(".")[:2])


def since(*version):
    """Marks a test of something that older clients cannot do."""
    text = ".".join(map(str, version))
    return pytest.mark.skipif(VERSION < version, reason=f"new in huggingface_hub {text}")


@dataclasses.dataclass(frozen=True)
class Repo:
    id: str
    type: str

    @property
    def where(self):
        """The two arguments that every call about a repo takes."""
        return {"repo_id": self.id, "repo_type": self.type}


def create(api, repo_id, repo_type="model", **options):
    if repo_type == "space":
        options["space_sdk"] = "static"
    api.create_repo(repo_id, repo_type=repo_type, **options)
    return Repo(repo_id, repo_type)
