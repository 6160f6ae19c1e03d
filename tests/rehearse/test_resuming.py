"""How a script resumes, told from its source."""

from __future__ import annotations

import textwrap

import pytest

from midrun.rehearse.resuming import loadings
from midrun.source.module import Source


def arguments(text: str) -> list[tuple[bool, tuple[str, ...]]]:
    """Whether each call of torch.load is guarded, and what leads to it."""
    found = loadings([Source("train.py", textwrap.dedent(text))])
    return [(load.guarded, load.arguments) for load in found]


def test_an_option_with_a_value_takes_the_path() -> None:
    text = """
        parser.add_argument("-r", "--resume-from", default="")
        args = parser.parse_args()
        if args.resume_from:
            state = torch.load(args.resume_from)
    """
    assert arguments(text) == [(True, ("--resume-from", "{}"))]


def test_a_flag_stands_alone() -> None:
    text = """
        parser.add_argument("--resume", action="store_true")
        if args.resume:
            state = torch.load("last.pt")
    """
    assert arguments(text) == [(True, ("--resume",))]


@pytest.mark.parametrize("test", ["os.path.exists(path)", "checkpoint.is_file()", "saved"])
def test_a_look_at_files_needs_no_argument(test: str) -> None:
    assert arguments(f"if {test}:\n    state = torch.load(path)") == [(True, ())]


def test_words_in_argv_are_given() -> None:
    text = 'if len(sys.argv) > 2 and sys.argv[1] == "--resume":\n    torch.load(sys.argv[2])'
    assert arguments(text) == [(True, ("--resume", "{}"))]


def test_a_function_that_loads_is_guarded_where_it_is_called() -> None:
    text = """
        def load_checkpoint(path):
            return torch.load(path)

        parser.add_argument("--ckpt")
        if args.ckpt is not None:
            load_checkpoint(args.ckpt)
    """
    assert arguments(text) == [(True, ("--ckpt", "{}"))]


def test_a_load_after_the_training_is_not_guarded() -> None:
    assert arguments("model.load_state_dict(torch.load('best.pt'))") == [(False, ())]
