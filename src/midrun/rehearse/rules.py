"""The kinds of faults that a rehearsal finds.

Each has a code for good; `docs/rehearse.md` has a section for each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A kind of fault.

    `severity` is "fault" where the experiment would fail or train something else than is meant,
    "warning" where it may be meant so. `mend` says what to do.
    """

    code: str
    name: str
    severity: str
    title: str
    mend: str


_FAULT, _WARNING = "fault", "warning"

_RULES = (
    # What ends it
    (300, "crash", _FAULT, "the script fails here", "mend it; the traceback is that of the script"),
    (301, "crash-other-way", _FAULT, "fails when this goes the other way",
     "mend it; the rehearsal made the condition come out the other way than it did by itself"),
    (302, "over-time", _FAULT, "takes longer than it may", "see what would shorten it most"),
    (303, "over-memory", _FAULT, "needs more memory than there is",
     "find what grows, or make the batch smaller"),
    (304, "over-disk", _FAULT, "writes more than the disk has free",
     "write fewer checkpoints, or remove old ones"),
    (305, "never-ends", _WARNING, "no end of this loop is known", "give it a limit of rounds"),
    (306, "not-cut", _FAULT, "the training loop of a package is not cut",
     "midrun rehearse --through PACKAGE has the loops of a pure Python package cut, too"),
    # What grows
    (310, "graph-kept", _FAULT, "keeps the graph of every step",
     "add up loss.item(), or loss.detach()"),
    (311, "memory-grows", _FAULT, "memory grows with every round",
     "let go of what is not needed any more"),
    # The model's state
    (320, "train-not-set-back", _FAULT, "trains in evaluation mode",
     "call model.train() at the start of each epoch"),
    (321, "evaluates-in-training-mode", _FAULT, "evaluates in training mode",
     "call model.eval() before, and model.train() after it"),
    (322, "evaluates-with-gradients", _WARNING, "evaluates with gradients on",
     "put the evaluation under torch.no_grad() or torch.inference_mode()"),
    (323, "gradients-never-zeroed", _FAULT, "gradients of all steps are added up",
     "call optimizer.zero_grad() before each backward()"),
    (324, "no-gradient", _FAULT, "parameter that never gets a gradient",
     "see why it is not part of the loss; if it is meant so, set requires_grad=False"),
    (325, "not-in-optimizer", _FAULT, "parameter that no optimizer changes",
     "give it to the optimizer; if it is meant so, set requires_grad=False"),
    (326, "never-stepped", _FAULT, "gradients that no optimizer step uses",
     "call optimizer.step() after backward()"),
    # The schedule
    (330, "scheduler-level", _FAULT, "the scheduler is stepped at the wrong level",
     "step it once for each round of what its arguments count"),
    (331, "scheduler-before-optimizer", _WARNING, "the scheduler is stepped before the optimizer",
     "call scheduler.step() after optimizer.step()"),
    # The data
    (340, "same-augmentation", _FAULT, "each worker draws the same random numbers",
     "seed NumPy and random in worker_init_fn from torch.initial_seed()"),
    (341, "not-shuffled", _WARNING, "training data comes in the same order in each epoch",
     "DataLoader(..., shuffle=True)"),
    (342, "shuffled-evaluation", _WARNING, "evaluation data is shuffled",
     "DataLoader(..., shuffle=False)"),
    (343, "seed-in-loop", _FAULT, "random numbers are seeded anew in each round",
     "seed once, before the loop"),
    (344, "slow-loader", _WARNING, "the training waits for its data",
     "DataLoader(..., num_workers=N), or make the items cheaper to load"),
    # Checkpoints
    (350, "unreadable-checkpoint", _FAULT, "a checkpoint can't be read back",
     "load it where you save it, once, before the experiment"),
    (351, "forgotten-state", _FAULT, "a resumed training is not the same",
     "save and load what is named"),
    (352, "never-loaded", _WARNING, "a checkpoint that no code of the script loads",
     "write the code that resumes from it before you need it"),
)  # fmt: skip

RULES = {name: Rule(f"MR{number}", name, *rest) for number, name, *rest in _RULES}
