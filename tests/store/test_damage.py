"""Damage is found and named, and what is not the user's own is not loaded."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from midrun.store import Savepoint, Store, StoreError, seal


def refused(savepoint: Savepoint, *, trust: bool = False) -> tuple[str, str]:
    with pytest.raises(StoreError) as caught:
        savepoint.check(trust=trust)
    return caught.value.slug, str(caught.value)


def blob_path(savepoint: Savepoint, at: int = 0):
    return savepoint.run.store.blobs.path(savepoint.manifest["keys"][at])


def edit_manifest(savepoint: Savepoint, **changes: object) -> Savepoint:
    path = savepoint.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return Savepoint.open(savepoint.run, savepoint.number)


def test_a_truncated_blob_is_named_and_the_newest_whole_savepoint_offered(save):
    save(b"one")
    whole = save(b"two")
    bad = save(b"three")
    blob_path(bad).write_bytes(b"thr")
    slug, text = refused(bad)
    assert slug == "damaged"
    assert f"{blob_path(bad)} has 3 bytes instead of 5" in text
    assert f"midrun resume {whole.spec}" in text


def test_what_is_offered_is_whole_itself(save):
    whole = save(b"one")
    worse = save(b"two")
    bad = save(b"three")
    blob_path(bad).unlink()
    blob_path(worse).unlink()
    assert f"midrun resume {whole.spec}" in refused(bad)[1]


def test_without_another_whole_savepoint_that_is_said(save):
    bad = save(b"one")
    blob_path(bad).unlink()
    assert "has no other that is whole" in refused(bad)[1]


def test_a_missing_blob_is_not_mapped(save):
    bad = save(b"one")
    blob_path(bad).unlink()
    with pytest.raises(StoreError, match="is missing"):
        bad.blob(bad.manifest["keys"][0])


def test_a_changed_blob_of_the_right_length_is_found_by_the_deep_check(save):
    bad = save(b"one", b"two")
    blob_path(bad, 1).write_bytes(b"twp")
    bad.check()
    assert bad.damaged() == [bad.manifest["keys"][1]]


def test_a_damaged_state_is_refused_even_when_trusted(save):
    bad = save(b"one", state=b"a pickle")
    (bad.folder / "state.pickle").write_bytes(b"a nickle")
    assert refused(bad, trust=True)[0] == "damaged"
    assert bad.damaged() == ["state.pickle"]
    with pytest.raises(StoreError, match=r"state\.pickle"):
        bad.state()


def test_a_damaged_manifest_is_named_and_not_listed(store, run, save):
    whole = save(b"one")
    bad = save(b"two")
    (bad.folder / "manifest.json").write_text('{"blobs":')
    with pytest.raises(StoreError) as caught:
        store.savepoint(bad.spec)
    assert caught.value.slug == "damaged"
    assert str(bad.folder / "manifest.json") in str(caught.value)
    assert f"midrun resume {whole.spec}" in str(caught.value)
    assert [s.number for s in run.savepoints()] == [1]


def test_a_damaged_savepoint_can_be_removed(store, run, save):
    bad = save()
    (bad.folder / "manifest.json").write_text("")
    assert store.remove(bad.spec) == [f"savepoint {bad.spec}"]
    assert run.numbers() == []


def test_an_altered_manifest_is_not_trusted(save):
    assert refused(edit_manifest(save(), name="other"))[0] == "untrusted"


def test_an_altered_state_with_its_hash_mended_is_not_trusted(save):
    savepoint = save()
    (savepoint.folder / "state.pickle").write_bytes(b"evil")
    savepoint = edit_manifest(savepoint, state_hash=seal.state_hash(b"evil"))
    slug, text = refused(savepoint)
    assert slug == "untrusted"
    assert "runs code" in text
    assert "--trust" in text
    savepoint.check(trust=True)


def test_a_manifest_without_a_digest_is_not_trusted(save):
    savepoint = save()
    del savepoint.manifest["digest"]
    assert "carries no digest" in refused(savepoint)[1]


def test_a_savepoint_of_another_user(store, save, tmp_path, monkeypatch):
    spec = save(b"one", state=b"a pickle").spec
    monkeypatch.setenv("MIDRUN_KEY_FILE", str(tmp_path / "theirs"))
    seal.ensure_key(tmp_path / "theirs")
    theirs = Store(store.folder).savepoint(spec)
    assert refused(theirs)[0] == "untrusted"
    theirs.check(trust=True)
    assert theirs.state() == b"a pickle"


def test_a_user_without_a_key_trusts_nothing_and_gets_none_by_looking(store, save, tmp_path):
    savepoint = save()
    (tmp_path / "key").unlink()
    assert "you have no key" in refused(savepoint)[1]
    assert not (tmp_path / "key").exists()


def test_a_manifest_cannot_name_files_outside_the_store(save):
    savepoint = save()
    with pytest.raises(StoreError, match="list of blobs is broken"):
        edit_manifest(savepoint, blobs={"../../../../etc/passwd-3": 3})


def test_the_key_is_private_and_made_once(tmp_path):
    path = tmp_path / "new" / "key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: seal.ensure_key(path), range(32)))
    assert len(keys) == 1
    assert len(path.read_bytes()) == 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_was_half_written_is_made_anew(tmp_path):
    (tmp_path / "key").write_bytes(b"short")
    assert len(seal.ensure_key(tmp_path / "key")) == 32


@pytest.mark.parametrize(
    ("variables", "path"),
    [
        ({"MIDRUN_KEY_FILE": "/k/mine", "XDG_DATA_HOME": "/x", "HOME": "/h"}, "/k/mine"),
        ({"XDG_DATA_HOME": "/x", "HOME": "/h"}, "/x/midrun/key"),
        ({"HOME": "/h"}, "/h/.local/share/midrun/key"),
    ],
)
def test_where_the_key_is(monkeypatch, variables, path):
    for name in ("MIDRUN_KEY_FILE", "XDG_DATA_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert os.fspath(seal.key_path()) == path


def test_a_key_that_cannot_be_made_fails_the_savepoint_in_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MIDRUN_KEY_FILE", str(tmp_path / "file" / "key"))
    run = Store(tmp_path / ".midrun").new_run({})
    with pytest.raises(StoreError, match="set MIDRUN_KEY_FILE"):
        run.draft().finish(b"", {}).wait()
    run.close()
