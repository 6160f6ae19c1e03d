"""Training scripts with one fault each that shows late, or only to who watches, and mended twins.

A case is a folder of `cases/` with `train.py` and `mended.py`, or, where it takes several files,
with the folders `broken` and `mended`. The twins differ by the mend alone, and the mended one has
no fault. The faulty line ends with `# fault`: the line that raises, the one that makes the
parameter or keeps the tensor, or the one where the mend would go. Where several are marked, each is
a right answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "cases"
MARK = "  # fault"
Sources = dict[str, str]


@dataclass(frozen=True)
class Case:
    """A pair of scripts; see above.

    `rule` is the name in `midrun.rehearse.rules` of what is wrong, `what` says it in words.
    "crash-other-way" is for a branch that a value decides; where a rehearsal gets there without
    turning the condition, "crash" is as right. `arguments` are those of the command line. `shorter`
    are replacements of text (of loop lengths, mostly), after which plain Python gets through the
    script, or to the crash, in seconds.
    """

    name: str
    rule: str
    what: str
    arguments: tuple[str, ...] = ()
    shorter: Mapping[str, str] = field(default_factory=dict)

    @property
    def broken(self) -> Sources:
        """The texts of the broken script's files, by name; the one to run is `train.py`."""
        return self._sources("broken", "train.py")

    @property
    def mended(self) -> Sources:
        """Those of the mended script; the one to run is called `train.py`, too."""
        return self._sources("mended", "mended.py")

    @property
    def faults(self) -> set[tuple[str, int]]:
        """The file and the number of each marked line."""
        return {
            (name, number)
            for name, text in self.broken.items()
            for number, line in enumerate(text.splitlines(), 1)
            if line.endswith(MARK)
        }

    @property
    def crashes(self) -> bool:
        return self.rule in ("crash", "crash-other-way")

    def _sources(self, folder: str, script: str) -> Sources:
        several = FOLDER / self.name / folder
        if several.is_dir():
            return {path.name: path.read_text() for path in sorted(several.glob("*.py"))}
        return {"train.py": (FOLDER / self.name / script).read_text()}


CASES = (
    Case(
        "first_evaluation",
        "crash",
        "the accuracy of the first evaluation compares the wrong axis",
        shorter={"EPOCHS = 400": "EPOCHS = 1"},
    ),
    Case(
        "eval_interval_split_name",
        "crash",
        "at iteration 1000 the evaluation asks for a split by another name",
        shorter={"eval_interval = 1000": "eval_interval = 4", "max_iters = 60000": "max_iters = 9"},
    ),
    Case(
        "last_batch_norm",
        "crash",
        "one sample is left for the last batch, which BatchNorm refuses",
        shorter={"12801": "129", "EPOCHS = 300": "EPOCHS = 1"},
    ),
    Case(
        "last_batch_hidden_state",
        "crash",
        "a hidden state made for full batches meets the last, shorter one",
        shorter={"sequences=10010": "sequences=100", "epochs=60": "epochs=1"},
    ),
    Case(
        "unfreeze_at_epoch",
        "crash",
        "at epoch 10 the thawed layers are added to the optimizer, which has them",
        shorter={"default=300": "default=2", "default=10": "default=1"},
    ),
    Case(
        "checkpoint_folder_missing",
        "crash",
        "the folder of the checkpoints is never made; the first is due after 5 epochs",
        shorter={'"epochs": 250': '"epochs": 5'},
    ),
    Case(
        "checkpoint_unpicklable",
        "crash",
        "the configuration that goes into the checkpoint holds a lambda",
        shorter={
            "max_steps: int = 160_000": "max_steps: int = 6",
            "save_every: int = 2_000": "save_every: int = 3",
        },
    ),
    Case(
        "checkpoint_missing_metric",
        "crash",
        "the checkpoint asks for a metric that is kept under another name",
        shorter={"range(start, 500)": "range(start, 10)", "range(250)": "range(2)"},
    ),
    Case(
        "final_test_module_prefix",
        "crash",
        "the best weights were saved with DataParallel's prefix; the final test loads them without",
        shorter={"default=400": "default=1"},
    ),
    Case(
        "milestones_run_out",
        "crash",
        "after the last milestone the list of them is asked for one more",
        shorter={
            "EPOCHS = 600": "EPOCHS = 9",
            "[150, 300, 450]": "[2, 4, 6]",
            "STEPS = 400": "STEPS = 2",
        },
    ),
    Case(
        "early_stopping_restore",
        "crash-other-way",
        "the branch that stops early restores weights from a name that nobody set",
        shorter={
            "patience=15": "patience=1",
            "if loss < self.best:": 'if self.best == float("inf"):',
            "batch_size=40": "batch_size=2000",
        },
    ),
    Case(
        "no_better_than_before",
        "crash-other-way",
        'the `else` of "best so far" counts in a variable that was never set',
        shorter={
            'if metrics["accuracy"] > self.best_accuracy:': "if self.best_accuracy < 0:",
            "epochs=500": "epochs=2",
        },
    ),
    Case(
        "bad_loss_branch",
        "crash-other-way",
        "the branch for a loss that is not finite uses a name that does not exist",
        shorter={"if not torch.isfinite(loss):": "if step == 2:", "STEPS = 200_000": "STEPS = 4"},
    ),
    Case(
        "final_plot",
        "crash",
        "the picture of the loss curve, drawn at the end, is given its size as floats",
        shorter={"EPOCHS = 400": "EPOCHS = 2", "9000, 20": "90, 20"},
    ),
    Case(
        "export_requires_grad",
        "crash",
        "the export after training turns parameters into arrays without detach",
        shorter={"n_updates = 100000": "n_updates = 3"},
    ),
    Case(
        "report_not_json",
        "crash",
        "the report at the end has a tensor among its numbers, which JSON refuses",
        shorter={"rounds: int = 120_000": "rounds: int = 3"},
    ),
    Case(
        "summary_after_training",
        "crash",
        "the summary after training calls a variable by a name it does not have",
        shorter={"range(1, 101)": "range(1, 3)"},
    ),
    Case(
        "curriculum_positions",
        "crash",
        "a later stage has longer sequences than there are positions",
        shorter={'"steps": 6000': '"steps": 2'},
    ),
    Case(
        "warmup_division",
        "crash",
        "the step at which the warm-up ends divides by zero",
        shorter={"TOTAL = 200_000": "TOTAL = 6", "WARMUP = 2_000": "WARMUP = 3"},
    ),
    Case(
        "sample_name_taken",
        "crash",
        'from epoch 10 on the samples\' file names are taken, and mode "x" refuses',
        shorter={"default=300": "default=11", "default=400": "default=2"},
    ),
    Case(
        "old_checkpoints_removed",
        "crash",
        "the fourth checkpoint removes the first by its name without the folder",
        shorter={
            "total_steps = 120000": "total_steps = 9",
            "save_interval = 1500": "save_interval = 2",
        },
    ),
    Case(
        "gan_sample_grid",
        "crash",
        "the grid of samples every 1000 iterations is reshaped as if there were colours",
        shorter={"N_ITER = 100000": "N_ITER = 4", "sample_every = 1000": "sample_every = 2"},
    ),
    Case(
        "recent_returns",
        "crash",
        "every 100 episodes the mean of recent returns slices a deque",
        shorter={'"episodes": 40000': '"episodes": 6', '"report_every": 100': '"report_every": 3'},
    ),
    Case(
        "bfloat16_to_numpy",
        "crash",
        "the validation under autocast turns bfloat16 into an array",
        shorter={"EPOCHS = 300": "EPOCHS = 1", "12_000": "200"},
    ),
    Case(
        "csv_extra_column",
        "crash",
        "the row of a validation has a column that the table does not",
        shorter={"MAX_STEPS = 90_000": "MAX_STEPS = 5", "VAL_EVERY = 1_500": "VAL_EVERY = 3"},
    ),
    Case(
        "loader_runs_out",
        "crash",
        "an iterator over the loader is asked for more batches than an epoch has",
        shorter={"n=16000": "n=64", "STEPS = 120000": "STEPS = 5"},
    ),
    Case(
        "accumulation_view",
        "crash",
        "the last batch can't be split into micro-batches of a fixed size",
        shorter={
            "10_020": "100",
            "EPOCHS, BATCH, MICRO = 200, 64, 16": "EPOCHS, BATCH, MICRO = 1, 64, 16",
        },
    ),
    Case(
        "onecycle_overrun",
        "crash",
        "the last epoch steps OneCycleLR once more than it was told",
        shorter={"SAMPLES = 12010": "SAMPLES = 70", "EPOCHS = 400": "EPOCHS = 2"},
    ),
    Case(
        "resume_wrong_key",
        "unreadable-checkpoint",
        "--resume asks for a key that the checkpoints do not have",
        shorter={"default=200000": "default=4", "default=10000": "default=2"},
    ),
    Case(
        "resume_namespace",
        "unreadable-checkpoint",
        "the checkpoint holds the arguments' Namespace, which torch.load refuses by default",
        shorter={"default=25000": "default=4", "% 2500": "% 2"},
    ),
    Case(
        "loss_kept_with_graph",
        "graph-kept",
        "the epoch's loss is added up as a tensor, with the graph of each step",
        shorter={"default=300": "default=1", "500": "5"},
    ),
    Case(
        "outputs_kept_with_graph",
        "graph-kept",
        "the outputs of all steps are collected for a metric, with their graphs",
        shorter={"max_steps=160_000": "max_steps=6", "log_every=2_000": "log_every=3"},
    ),
    Case(
        "cache_without_limit",
        "memory-grows",
        "augmented items are cached by a key that never comes twice",
        shorter={"EPOCHS = 60": "EPOCHS = 1", "Patches(8000)": "Patches(40)"},
    ),
    Case(
        "eval_not_set_back",
        "train-not-set-back",
        "model.train() is called once, before the loop; the evaluation ends it",
        shorter={"num_epochs = 400": "num_epochs = 2", "9600": "96"},
    ),
    Case(
        "validation_with_dropout",
        "evaluates-in-training-mode",
        "the validation runs with dropout and updates the batch statistics",
        shorter={'"epochs": 90': '"epochs": 2', "330": "3"},
    ),
    Case(
        "validation_with_gradients",
        "evaluates-with-gradients",
        "the validation builds graphs that nobody uses",
        shorter={"EPOCHS = 200": "EPOCHS = 1", "12000": "120"},
    ),
    Case(
        "never_zeroed",
        "gradients-never-zeroed",
        "no zero_grad anywhere: the gradients of all steps are added up",
        shorter={"iterations = 150000": "iterations = 5"},
    ),
    Case(
        "layer_not_used",
        "no-gradient",
        "a layer is made, but forward takes another one twice",
        shorter={"EPOCHS = 50": "EPOCHS = 1", "400": "4"},
    ),
    Case(
        "detached_branch",
        "no-gradient",
        "the features of one branch are detached, so its layers never learn",
        shorter={"for step in range(100_000)": "for step in range(3)"},
    ),
    Case(
        "blocks_in_a_list",
        "not-in-optimizer",
        "the blocks stand in a plain list, so the optimizer never sees them",
        shorter={"steps=60_000": "steps=3"},
    ),
    Case(
        "head_after_optimizer",
        "not-in-optimizer",
        "the new head is put on after the optimizer was made from the old parameters",
        shorter={"EPOCHS = 500": "EPOCHS = 1", "range(400)": "range(3)", "range(1000)": "range(3)"},
    ),
    Case(
        "critic_never_stepped",
        "never-stepped",
        "the critic's gradients are computed, and its optimizer is never stepped",
        shorter={"default=5000": "default=3"},
    ),
    Case(
        "onecycle_per_epoch",
        "scheduler-level",
        "OneCycleLR counts all steps, but is stepped once an epoch",
        shorter={"EPOCHS = 300": "EPOCHS = 1", "range(12800)": "range(64)"},
    ),
    Case(
        "steplr_per_batch",
        "scheduler-level",
        "StepLR(30), meant for epochs, is stepped after each batch",
        shorter={'"epochs": 90': '"epochs": 2', "n=60000": "n=90"},
    ),
    Case(
        "scheduler_first",
        "scheduler-before-optimizer",
        "the schedule goes on before the optimizer has used its first value",
        shorter={"TOTAL_STEPS = 200_000": "TOTAL_STEPS = 4"},
    ),
    Case(
        "workers_augment_alike",
        "same-augmentation",
        "each worker has a copy of one generator, and draws the same numbers",
        shorter={"epochs = 60": "epochs = 1", "n=6400": "n=64"},
    ),
    Case(
        "training_in_order",
        "not-shuffled",
        "the training loader goes through the data in the same order each time",
        shorter={"11200": "112", "EPOCHS = 400": "EPOCHS = 1"},
    ),
    Case(
        "test_shuffled",
        "shuffled-evaluation",
        "the test data are shuffled, though the answers are written in order",
        shorter={"EPOCHS = 400": "EPOCHS = 1", "9600": "96"},
    ),
    Case(
        "seed_each_epoch",
        "seed-in-loop",
        "the seed is set at the start of each epoch, so all epochs draw the same",
        shorter={"epochs = 400": "epochs = 2", "batches = 400": "batches = 3"},
    ),
    Case(
        "archive_read_per_item",
        "slow-loader",
        "each item reads and unpacks the whole archive again",
        shorter={"epochs=200": "epochs=1", "800": "32"},
    ),
    Case(
        "until_converged",
        "never-ends",
        "trains until the loss is below a bound that the noise forbids, without a limit of rounds",
        shorter={"TARGET = 0.05": "TARGET = 5.0"},
    ),
    Case(
        "weeks_of_steps",
        "over-time",
        "a hundred times the intended steps in an epoch: weeks instead of an hour",
        shorter={"50_000": "3", "EPOCHS = 300": "EPOCHS = 1"},
    ),
    Case(
        "checkpoint_each_step",
        "over-disk",
        "a checkpoint of 25 MB is written at each step, under a new name",
        shorter={"TOTAL = 120_000": "TOTAL = 4", "SAVE_EVERY = 40_000": "SAVE_EVERY = 2"},
    ),
    Case(
        "resume_without_optimizer",
        "forgotten-state",
        "Adam's moments are neither saved nor loaded",
        shorter={"default=400": "default=2", "range(400)": "range(3)"},
    ),
    Case(
        "resume_without_scheduler",
        "forgotten-state",
        "the schedule starts anew when the run goes on from its checkpoint",
        shorter={"EPOCHS = 400": "EPOCHS = 3", "STEPS = 500": "STEPS = 2"},
    ),
    Case(
        "resume_without_generator",
        "forgotten-state",
        "the generator that draws the batches starts anew at a resume",
        shorter={
            "MAX_ITERS = 160_000": "MAX_ITERS = 6",
            "SAVE_INTERVAL = 2_000": "SAVE_INTERVAL = 3",
        },
    ),
    Case(
        "no_way_back",
        "never-loaded",
        "a checkpoint is written each epoch, and nothing in the script reads it",
        shorter={"EPOCHS = 200": "EPOCHS = 2", "range(400)": "range(2)"},
    ),
)
