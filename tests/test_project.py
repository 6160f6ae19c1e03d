"""What holds the project together: layers, sizes, public names, documents that tell the truth."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import midrun

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "midrun"
MODULES = sorted(PACKAGE.rglob("*.py"))
# Each layer may import those of lower rank, and itself. The package itself (`midrun.savepoint`) and
# the two places where a process starts stand above all.
RANK = {
    "errors": 0,
    "processors": 0,
    "source": 1,
    "state": 2,
    "store": 3,
    "run": 4,
    "world": 5,
    "verify": 5,
    "warm": 5,
    "data": 5,
    "branch": 6,
    "numerics": 7,
    "past": 7,
    "rehearse": 7,
    "loop": 8,
    "report": 9,
    "cli": 10,
    "__init__": 11,
    "__main__": 11,
    "_boot": 11,
}
MOST_LINES = 340


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the module of every import in `tree`, those in functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports in the package are absolute"
            module = node.module or ""
            yield node.lineno, module
            if module == "midrun":
                yield from ((node.lineno, f"midrun.{alias.name}") for alias in node.names)


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter loads for `code`."""
    text = f"import sys; before = {{*sys.modules}}; {code}; print(*{{*sys.modules}} - before)"
    found = subprocess.run(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, check=True, timeout=60
    )
    return set(found.stdout.split())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_layers_import_one_way(path: Path) -> None:
    own = layer_of(path)
    for line, module in imports(ast.parse(path.read_text())):
        parts = module.split(".")
        if parts[0] != "midrun" or len(parts) == 1:
            continue
        other = parts[1]
        if other in RANK:
            above = RANK[other] < RANK[own] or other == own
            assert above, f"{name_of(path)}:{line}: {own} imports {other}, which stands on it"


def test_source_needs_only_the_standard_library() -> None:
    allowed = {*sys.stdlib_module_names, "midrun"}
    for path in (PACKAGE / "source").glob("*.py"):
        for line, module in imports(ast.parse(path.read_text())):
            assert module.partition(".")[0] in allowed, f"{name_of(path)}:{line}: {module}"


def test_midrun_imports_neither_torch_nor_numpy() -> None:
    modules = [
        "midrun." + name_of(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for path in MODULES
        if "__main__" not in name_of(path)
        and path.parent not in (PACKAGE, PACKAGE / "numerics" / "microscope")
    ]
    loaded = loaded_by(f"import {', '.join(modules)}")
    assert not {"torch", "numpy"} & loaded
    assert "midrun.run.boot" in loaded


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_has_one_idea_and_says_which(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MOST_LINES
    assert not text or ast.get_docstring(ast.parse(text))


def test_at_most_ten_public_names() -> None:
    assert len(midrun.__all__) <= 10
    assert set(midrun.__all__) == {"MidrunError", "__version__", "microscope", "savepoint"}
    for name in midrun.__all__:
        value = getattr(midrun, name)
        assert name == "__version__" or value.__doc__, name


def test_importing_midrun_is_cheap() -> None:
    """A script may `import midrun` for `savepoint` alone."""
    loaded = loaded_by("import midrun")
    assert {name.partition(".")[0] for name in loaded} <= {*sys.stdlib_module_names, "midrun"}
    assert {name for name in loaded if name.startswith("midrun")} == {"midrun", "midrun.errors"}


def test_the_version_is_the_same_everywhere() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    assert f'\nversion = "{midrun.__version__}"\n' in project
    assert f"\n## {midrun.__version__}\n" in (ROOT / "CHANGELOG.md").read_text()


def test_torch_is_no_dependency() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    assert not re.search(r'"torch\b(?!\.\*")', project)


def tree_in_architecture() -> set[str]:
    """The modules of the tree in ARCHITECTURE.md, by their path in the package."""
    block = (ROOT / "ARCHITECTURE.md").read_text().split("```")[1]
    found: set[str] = set()
    folders: list[str] = []
    for line in block.strip("\n").splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        assert len(line.split()) > 1, f"{name} has no words to it"
        folders = folders[:depth]
        if name.endswith("/"):
            folders.append(name)
        else:
            found.add("".join(folders) + name)
    return found


def test_architecture_names_each_module_and_no_other() -> None:
    there = {name_of(path) for path in MODULES if not path.name.startswith("__")}
    assert tree_in_architecture() == there


DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", path.read_text()):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def test_the_commands_of_the_readme_are_there() -> None:
    readme = (ROOT / "README.md").read_text()
    for command in ("./demo/run", "./test"):
        assert f"\n    {command}\n" in readme
        assert os.access(ROOT / command, os.X_OK)


def test_options_in_the_readme_exist() -> None:
    from midrun.cli.run import resume, run
    from midrun.cli.verify import verify

    parameters = [*run.params, *resume.params, *verify.params]
    known = {option for parameter in parameters for option in parameter.opts}
    # What comes after the script is the script's.
    ours = [line.partition("train")[0] for line in (ROOT / "README.md").read_text().splitlines()]
    used = {option for line in ours for option in re.findall(r"(?<![\w-])--[a-z]+", line)}
    assert {"--at", "--every", "--points", "--set", "--strict", "--trust"} <= used
    assert used <= known


def test_the_demonstration_has_one_mistake_and_it_is_the_one_that_is_mended() -> None:
    assert (ROOT / "demo" / "train.py").read_text().count(".argmax(0)") == 1
    assert "s/\\.argmax(0)/.argmax(1)/" in (ROOT / "demo" / "run").read_text()
