"""What one client tried and what was acknowledged, and what may therefore be found in its repo."""
import json
import os


class Journal:
    """Append-only lines: an attempt before it is made, its outcome after."""

    def __init__(self, path):
        self.path = path

    def write(self, **line):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def attempts(self):
        """Every attempt in order: {id, adds: {path: sha256}, deletes: [path], commit or None}."""
        found = {}
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                for line in map(json.loads, file):
                    if "adds" in line:
                        found[line["id"]] = {**line, "commit": None}
                    else:
                        found[line["id"]]["commit"] = line["commit"]
        return list(found.values())

    def acknowledged_count(self):
        return sum(attempt["commit"] is not None for attempt in self.attempts())


def allowed_contents(attempts):
    """path → the SHA-256s (None: absent) that it may have now."""
    allowed = {}
    for attempt in attempts:
        outcomes = [*attempt["adds"].items(), *((path, None) for path in attempt["deletes"])]
        for path, digest in outcomes:
            if attempt["commit"]:
                allowed[path] = {digest}
            else:
                allowed.setdefault(path, {None}).add(digest)
    return allowed


def complaints(attempts, found, commits):
    """What is wrong with a repo: `found` is path → SHA-256 at its head, `commits` its history."""
    said = []
    allowed = allowed_contents(attempts)
    for path, digests in allowed.items():
        if found.get(path) not in digests:
            said.append(f"{path}: found {found.get(path)}, allowed {sorted(map(str, digests))}")
    said += [f"{path}: never sent" for path in found.keys() - allowed.keys()]
    said += [f"commit {attempt['commit']} of attempt {attempt['id']} is gone"
             for attempt in attempts if attempt["commit"] and attempt["commit"] not in commits]
    last = {path: attempt["id"] for attempt in attempts
            for path in [*attempt["adds"], *attempt["deletes"]]}
    for attempt in attempts:
        mine = [path for path in attempt["adds"] if last[path] == attempt["id"]]
        present = [path for path in mine if found.get(path) == attempt["adds"][path]]
        if present and len(present) != len(mine):
            said.append(f"attempt {attempt['id']} is there in part: {present} of {mine}")
    return said
