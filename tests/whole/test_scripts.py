"""Each of the nasty scripts, resumed from random points, is the same program.

What a script prints after the point, and its final state, must be what they are without the
interruption. `KNOWN` lists those that can't be: docs/limits.md says why.

Of the scripts with torch every second one is taken, at the same point each time; all, at points of
that number, if MIDRUN_SEED is set (`scripts/corpus`).
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from midrun.verify.verify import Report

SCRIPTS = Path(__file__).parent.parent / "scripts"
CORE = sorted(p for p in (SCRIPTS / "core").iterdir() if p.suffix == ".py" or p.is_dir())
# Hooks that Python calls anew, since it had kept their answers.
RECOUNTED = {"abc_protocol_generic.py:16:8"}
KNOWN = {
    "hash_and_decoder_objects.py": "hashlib, zlib and codec objects in mid-stream have no state",
    "struct_and_codecs.py": "a regular expression's scanner has no state",
    "bytes_aliasing.py": "array types that ctypes makes at run time are known by no name",
    "numbers_on_the_edge.py": "a nan is its own dict key by identity, which floats lose",
    "introspection_of_frames.py": "a continuing frame lists its variables in another order",
    "async_generators_and_coroutines.py": "coroutines are not saved",
    "lru_cache_contents.py": "the contents of an lru_cache are not saved",
    "temporary_files.py": "a temporary folder is gone once the first process has ended",
    "file_encodings.py": "the newline= of a file open for writing only can't be read back",
    "array_subclass.py": "arrays of a subclass come back with memory of their own",
    "masked_arrays.py": "arrays of a subclass come back with memory of their own",
}
KNOWN["decimal_fraction_datetime.py"] = "a decimal.localcontext() that is entered has no state"
if sys.version_info >= (3, 12):
    KNOWN["zip_read.py"] = "a member that is being read has other variables at the end"
if sys.version_info >= (3, 13):
    KNOWN["timers_that_wait.py"] = "the handle of a thread is an object of its own since 3.13"


def _id(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("script", CORE, ids=_id)
def test_resumed_is_the_same(script, verify):
    if KNOWN.get(script.name):
        pytest.xfail(KNOWN[script.name])
    main = script / "main.py" if script.is_dir() else script
    points = 2 if sys.version_info < (3, 12) else 1
    report = verify(main, points=points, seed=SEED + len(script.name))
    _assert_agreed(report)


NUMPY = sorted((SCRIPTS / "numpy").glob("*.py"))
SEED = int(os.environ.get("MIDRUN_SEED", "0"))
TORCH = sorted((SCRIPTS / "torch").glob("*.py"))[:: 1 if SEED else 2]
COLD = TORCH[::5]  # those that import torch anew, as users' do; the others save the time


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="torch is tested on 3.11")
@pytest.mark.parametrize("script", TORCH, ids=_id)
def test_resumed_training_is_the_same(script, verify):
    pytest.importorskip("torch")
    forks = "forks" if script in COLD else "forks_with_torch"
    report = verify(script, points=1, seed=SEED + len(script.name), forks=forks)
    _assert_agreed(report)


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="NumPy is tested on 3.11")
@pytest.mark.parametrize("script", NUMPY, ids=_id)
def test_resumed_use_of_numpy_is_the_same(script, verify):
    _skip_unless_installed(script)
    if KNOWN.get(script.name):
        pytest.xfail(KNOWN[script.name])
    report = verify(script, points=1, seed=SEED + len(script.name))
    _assert_agreed(report)


LIBS = sorted((SCRIPTS / "libs").glob("*.py"))


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="torch is tested on 3.11")
@pytest.mark.parametrize("script", LIBS, ids=_id)
def test_resumed_use_of_a_library_is_the_same(script, verify):
    _skip_unless_installed(script)
    report = verify(script, points=1, seed=SEED + len(script.name))
    _assert_agreed(report)


DATA = sorted((SCRIPTS / "data").glob("*.py"))
# Those that are resumed over what the run left behind when it went on after the savepoint.
OVER = {
    "arrow_tables.py",
    "gzip_written.py",
    "hdf5_read.py",
    "hdf5_written.py",
    "lmdb_written.py",
    "sqlite_file.py",
    "sqlite_results_and_attached.py",
}


@pytest.mark.parametrize("script", DATA, ids=_id)
def test_data_and_writers_go_on(script, verify):
    if KNOWN.get(script.name):
        pytest.xfail(KNOWN[script.name])
    _skip_unless_installed(script)
    report = verify(script, points=3, seed=SEED + len(script.name))
    _assert_agreed(report)
    assert any(p.savepoint for p in report.points)


@pytest.mark.parametrize("name", sorted(OVER))
def test_data_is_put_back_as_it_was(name, verify):
    script = SCRIPTS / "data" / name
    _skip_unless_installed(script)
    report = verify(script, points=3, seed=1, stop=False)
    _assert_agreed(report)


FRAMEWORKS = sorted((SCRIPTS / "frameworks").glob("*.py"))


@pytest.mark.frameworks
@pytest.mark.timeout(400)
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="torch is tested on 3.11")
@pytest.mark.parametrize("script", FRAMEWORKS, ids=_id)
def test_resumed_in_a_framework_is_the_same(script, verify):
    _skip_unless_installed(script)
    report = verify(script, points=3, seed=SEED + len(script.name))
    _assert_agreed(report)
    assert any(p.savepoint for p in report.points)


def _assert_agreed(report: Report) -> None:
    assert report.failed == ""
    assert report.undetermined == ""
    assert [p.faults for p in report.points if p.faults] == []
    counts = [p.miscounted for p in report.points if p.miscounted]
    assert counts == [] or counts[0][0].rpartition("/")[2] in RECOUNTED


def _skip_unless_installed(script: Path) -> None:
    """Skip where a library that the script imports is not installed."""
    names: list[str] = []
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    for name in sorted({name.partition(".")[0] for name in names if name}):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
