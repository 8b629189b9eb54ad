"""The CAS routes as browsers of other sites use them."""
import pytest
from content import random_bytes
from wire import Wire, lfs_line, path_of

ORIGIN = "https://example.org"
HASH = "0" * 64
ROUTES = [
    ("GET", f"/xet/v2/reconstructions/{HASH}"),
    ("GET", f"/xet/v1/reconstructions/{HASH}"),
    ("POST", "/xet/v1/reconstructions"),
    ("HEAD", f"/xet/v1/files/{HASH}"),
    ("GET", f"/xet/v2/file-chunk-hashes/{HASH}"),
    ("GET", f"/xet/v1/chunks/default/{HASH}"),
    ("POST", f"/xet/v1/xorb-grants/default/{HASH}"),
    ("POST", f"/xet/v1/xorbs/default/{HASH}"),
    ("HEAD", f"/xet/v1/xorbs/default/{HASH}"),
    ("POST", "/xet/v1/shards"),
    ("POST", "/xet/v2/shards"),
    ("GET", f"/xet/xorbs/{HASH}"),
    ("POST", "/v1/telemetry"),
]


def listed(header):
    return {word.strip().lower() for word in header.split(",")}


@pytest.mark.parametrize("method,path", ROUTES)
def test_a_preflight_allows_what_the_route_takes(nobody, method, path):
    asked = "authorization,content-type,range"
    answer = nobody.call("OPTIONS", path, headers={
        "Origin": ORIGIN, "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": asked})
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method.lower() in listed(answer.headers["access-control-allow-methods"])
    assert listed(asked) <= listed(answer.headers["access-control-allow-headers"])
    answer = nobody.call(method, path, headers={"Origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == "*"  # refused or not: the page sees why


def test_a_page_reads_a_file_by_its_plan_and_the_urls_in_it(wire, nobody, server, repo):
    content = random_bytes("page", 300_000)
    oid = wire.upload_lfs(repo, content)
    assert wire.commit(repo, lfs_line("w.bin", oid, len(content))).status == 200
    page = {"origin": ORIGIN}
    token = nobody.get(f"/api/models/{repo}/xet-read-token/main", **page)
    exposed = listed(token.headers["access-control-expose-headers"])
    assert {"x-xet-access-token", "x-xet-cas-url", "x-xet-token-expiration"} <= exposed
    hashes = nobody.get(f"/{repo}/resolve/main/w.bin", **page).headers
    plan = Wire(server, token.headers["x-xet-access-token"]).get(
        f"/xet/v2/reconstructions/{hashes['x-xet-hash']}", **page)
    assert plan.status == 200 and plan.headers["access-control-allow-origin"] == "*"
    for entry, in plan.json()["xorbs"].values():
        bounds, = entry["ranges"]
        span = f"bytes={bounds['bytes']['start']}-{bounds['bytes']['end']}"
        part = nobody.get(path_of(entry["url"], server), range=span, **page)
        assert part.status == 206 and part.headers["access-control-allow-origin"] == "*"
        assert "content-range" in listed(part.headers["access-control-expose-headers"])
