"""Runs and savepoints are found by what the user calls them, and the errors say what to do."""

from __future__ import annotations

import pytest

from midrun.store import Store, StoreError


def slug_and_text(call, *args):
    with pytest.raises(StoreError) as caught:
        call(*args)
    return caught.value.slug, str(caught.value)


def test_nothing_is_created_before_the_first_run(store):
    assert store.runs() == []
    assert store.gc() == (0, 0)
    assert not store.folder.exists()


def test_git_ignores_the_store(store, run):
    assert (store.folder / ".gitignore").read_text() == "*\n"


def test_a_run_knows_what_it_was_told(store, run):
    info = store.run(run.id).info
    assert info["script"] == "train.py"
    assert info["id"] == run.id
    assert info["parent"] is None


def test_ids_differ_when_runs_start_at_the_same_instant(store, monkeypatch):
    monkeypatch.setattr("midrun.store.store.time.time", lambda: 1e9)
    ids = {store.new_run({}).id for _ in range(60)}
    assert len(ids) == 60


def test_runs_are_listed_oldest_first(store, monkeypatch):
    now = [1e9 + 40_000_000]  # ids hold no year, so the newest here has the smallest id
    monkeypatch.setattr("midrun.store.store.time.time", lambda: now[0])
    first = store.new_run({})
    now[0] = 1e9 + 60_000_000
    second = store.new_run({})
    assert [r.id for r in store.runs()] == [first.id, second.id]


def test_a_run_by_beginning_end_and_last(store, run):
    assert store.run(run.id).id == run.id
    assert store.run(run.id[:8]).id == run.id
    assert store.run(run.id[-2:]).id == run.id
    assert store.run("last").id == run.id


def test_an_ambiguous_run_is_refused_with_the_candidates(store, run):
    other = store.new_run({})
    slug, text = slug_and_text(store.run, run.id[:1])
    assert slug == "unknown-run"
    assert run.id in text
    assert other.id in text


def test_an_unknown_run_offers_the_nearest(store, run):
    slug, text = slug_and_text(store.run, run.id[:-1] + "x")
    assert slug == "unknown-run"
    assert f"the nearest is {run.id}" in text


def test_no_runs(store):
    assert slug_and_text(store.savepoint)[0] == "no-runs"
    assert slug_and_text(store.run, "last")[0] == "no-runs"


def test_runs_without_savepoints(store, run):
    slug, text = slug_and_text(store.savepoint)
    assert slug == "unknown-savepoint"
    assert "has no savepoint yet" in text


@pytest.mark.parametrize(
    ("spec", "number"),
    [("{run}", 3), ("{run}:1", 1), ("{run}:warm", 2), (":1", 1), (":warm", 2), ("warm", 2)],
)
def test_a_savepoint_by(store, run, save, spec, number):
    save(name="warm")
    save(name="warm")
    save()
    found = store.savepoint(spec.format(run=run.id))
    assert found.spec == f"{run.id}:{number}"


def test_the_default_is_the_newest_savepoint_of_the_newest_run_with_one(store, run, save):
    save()
    save()
    store.new_run({})
    assert store.savepoint().spec == f"{run.id}:2"


def test_an_unknown_savepoint_offers_the_nearest(store, run, save):
    save(name="after-warmup")
    slug, text = slug_and_text(store.savepoint, f"{run.id}:after-wramup")
    assert slug == "unknown-savepoint"
    assert "the nearest is after-warmup" in text


def test_an_unknown_word_offers_runs_and_names(store, run, save):
    save(name="after-warmup")
    slug, text = slug_and_text(store.savepoint, "warmup")
    assert slug == "unknown-savepoint"
    assert "the nearest is after-warmup" in text


def test_update_is_seen_by_others(store, run):
    run.update(ended="ok")
    assert store.run(run.id).info["ended"] == "ok"
    assert store.run(run.id).info["script"] == "train.py"


def test_sources_are_kept_as_they_were_and_once(store, run):
    text = "x = 'é'\r\n\tpass\n"
    assert run.keep_source(text) == run.keep_source(text)
    assert store.run(run.id).source(run.keep_source(text)) == text
    assert len(list((run.folder / "sources").iterdir())) == 1


@pytest.mark.parametrize("key", ["0" * 32, "../../run", ""])
def test_an_unknown_source(run, key):
    assert slug_and_text(run.source, key)[0] == "unknown-source"


def test_a_torn_log_line_disturbs_neither_readers_nor_writers(run):
    run.log({"event": "one"})
    with (run.folder / "log.jsonl").open("a") as log:
        log.write('{"event": "to')
    assert [e["event"] for e in run.events()] == ["one"]
    run.log({"event": "three"})
    assert [e["event"] for e in run.events()] == ["one", "three"]
    assert [e["event"] for e in run.events("three")] == ["three"]


def test_events_of_a_run_without_a_log(run):
    assert run.events() == []


def test_a_run_can_be_read_when_its_facts_cannot(store, run, save):
    save()
    (run.folder / "run.json").write_text("{")
    assert store.run(run.id).savepoints()[0].number == 1


def test_a_read_only_place_for_the_store(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    slug, text = slug_and_text(Store(tmp_path / "file" / ".midrun").new_run, {})
    assert slug == "store-unwritable"
    assert str(tmp_path / "file") in text
