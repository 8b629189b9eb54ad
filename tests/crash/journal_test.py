"""Plants each kind of loss in a made-up repo and checks that the kill loop's rules name it."""
import pathlib
import tempfile

from journal import Journal, complaints

SENT = [  # two acknowledged commits, a delete of unknown outcome, a commit of unknown outcome
    {"id": 0, "adds": {"a": "1", "b": "2"}, "deletes": [], "commit": "c0"},
    {"id": 1, "adds": {"c": "3"}, "deletes": ["a"], "commit": "c1"},
    {"id": 2, "adds": {"d": "4"}, "deletes": ["b"], "commit": None},
    {"id": 3, "adds": {"e": "5", "f": "6"}, "deletes": [], "commit": None},
]
COMMITS = {"c0", "c1"}
SOUND = [
    {"b": "2", "c": "3"},                      # neither unknown commit took place
    {"c": "3", "d": "4", "e": "5", "f": "6"},  # both did
]
LOST = [
    ({"b": "2"}, COMMITS, "c: found None"),
    ({"b": "2", "c": "wrong"}, COMMITS, "c: found wrong"),
    ({"a": "1", "b": "2", "c": "3"}, COMMITS, "a: found 1"),
    ({"b": "2", "c": "3", "e": "5"}, COMMITS, "attempt 3 is there in part"),
    ({"b": "2", "c": "3", "x": "9"}, COMMITS, "x: never sent"),
    ({"b": "2", "c": "3"}, {"c1"}, "commit c0 of attempt 0 is gone"),
]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        journal = Journal(pathlib.Path(scratch) / "journal")
        for attempt in SENT:
            journal.write(id=attempt["id"], adds=attempt["adds"], deletes=attempt["deletes"])
            if attempt["commit"]:
                journal.write(id=attempt["id"], commit=attempt["commit"])
        assert journal.attempts() == SENT
        assert journal.acknowledged_count() == 2
    for found in SOUND:
        assert complaints(SENT, found, COMMITS) == [], found
    for found, commits, expected in LOST:
        said = complaints(SENT, found, commits)
        assert any(text.startswith(expected) or expected in text for text in said), (found, said)
    print(f"journal_test: all {len(LOST)} planted losses named")


if __name__ == "__main__":
    main()
