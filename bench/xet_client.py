"""The library hf_xet as `hf` calls it, but without a hub; a process for each call.

    xet_client.py upload PLACE FILE…          a commit for each file; prints what each became
    xet_client.py download PLACE HASH SIZE TO

PLACE is JSON: endpoint, token, token_expiry_unix_secs. The last line printed is JSON.
"""
import json
import sys
import time

import hf_xet


def upload(place, *paths):
    session = hf_xet.XetSession()
    for path in paths:
        with session.new_upload_commit(**place) as commit:
            handle = commit.start_upload_file(path, sha256=hf_xet.COMPUTE_SHA256)
        info = handle.result().xet_info
        yield {"hash": info.hash, "size": info.file_size, "sha256": info.sha256}


def download(place, file_hash, size, path):
    with hf_xet.XetSession().new_file_download_group(**place) as group:
        group.start_download_file(hf_xet.XetFileInfo(file_hash, int(size)), path)
    yield {"hash": file_hash, "size": int(size)}


def main():
    action, place, *words = sys.argv[1:]
    started = time.monotonic()
    files = list({"upload": upload, "download": download}[action](json.loads(place), *words))
    print(json.dumps({"seconds": time.monotonic() - started, "files": files}))


if __name__ == "__main__":
    main()
