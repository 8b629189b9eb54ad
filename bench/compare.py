"""Measures Granary beside nginx and docker-registry on this machine, now: compare.py [ROW…]."""
import argparse
import json
import os
import pathlib
import platform
import shutil
import sys
import tempfile
import time

ROWS = {  # name → what it measures; the functions are in rows.py, codec.py and the like
    "codec": "ratio and speed of each codec, beside zstd, LZ4, zipnn, and XOR with zstd",
    "get": "GET of a 1 GiB file, one stream and four ranges, beside nginx with sendfile",
    "coded": "GET of a 1 GiB file of BF16, which is kept coded, beside nginx sending it as it is",
    "corpus": "what is kept of a base, nine fine-tunes and ten quantisations by ggml",
    "meta": "HEAD of a file and model info at 1, 16 and 64 connections, beside nginx with 1 KB",
    "upload": "`hf upload` of 1 GiB, Xet off, and 8 at once, beside pushes to docker-registry",
    "xet": "1 GiB of BF16 by Xet: `hf` beside Xet off, its library beside its own test server",
    "tenants": "does the time of an answer tell what others have stored? pairs of requests",
    "small": "a directory of 2,000 small files, and commits per second from 8 clients",
    "idle": "resident memory when empty and idle, and per idle connection",
    "transfer": "resident memory during four 4 GB uploads and four 4 GB downloads at once",
    "start": "time to the first answer with 100,000 stored files",
}


class Report:
    """Prints each figure as it is known, and keeps all for the file."""

    def __init__(self):
        self.figures = []

    def note(self, text):
        print(f"  {text}", flush=True)

    def figure(self, work, granary, beside=None, unit="", smaller_is_better=False, aim=""):
        """One line: Granary's figure, its neighbour's, and theirs as a ratio."""
        ratio = granary / beside if beside else None
        self.figures.append({"work": work, "granary": granary, "beside": beside, "unit": unit,
                             "ratio": ratio, "smaller_is_better": smaller_is_better, "aim": aim})
        other = f"{beside:10.3g}" if beside is not None else " " * 10
        compared = f"{ratio:6.2f}x" if ratio else " " * 7
        print(f"  {work:52} {granary:10.3g} {other} {compared}  {unit:16} {aim}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("row", nargs="*", help="which rows (default: all)")
    parser.add_argument("--list", action="store_true", help="list the rows")
    parser.add_argument("--folder", default="/var/tmp", help="where 40 GB may be used for a while")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies all sizes and times")
    options = parser.parse_args()
    if options.list:
        print("\nRows:")
        for name, text in ROWS.items():
            print(f"  {name:9} {text}")
        return
    unknown = set(options.row) - set(ROWS)
    if unknown:
        sys.exit(f"no row {', '.join(unknown)}; the rows are {', '.join(ROWS)}")
    import codec
    import corpus
    import memory
    import rows
    import tenants
    import xet
    functions = {name: function for module in (rows, codec, corpus, xet, memory, tenants)
                 for name, function in vars(module).items()}
    report = Report()
    print(f"{platform.node()}: {os.cpu_count()} cores, {platform.release()}, "
          f"load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d %H:%M')}")
    print(f"  {'work':52} {'granary':>10} {'beside':>10} {'ratio':>7}")
    for name in options.row or ROWS:
        scratch = pathlib.Path(tempfile.mkdtemp(prefix=f"granary-bench-{name}-",
                                                dir=options.folder))
        print(f"{name}: {ROWS[name]}", flush=True)
        try:
            functions[f"row_{name}"](report, scratch, options.scale)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    results = pathlib.Path(__file__).parent.parent / "build" / "results"
    results.mkdir(parents=True, exist_ok=True)
    (results / "bench.json").write_text(json.dumps(report.figures, indent=1))
    print(f"also in {results}/bench.json")


if __name__ == "__main__":
    main()
