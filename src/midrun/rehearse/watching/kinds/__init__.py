"""The kinds of faults that are watched for: one module, and one watcher, for each."""

from midrun.rehearse.watching.kinds.augmentation import SameAugmentation
from midrun.rehearse.watching.kinds.evaluation import Evaluation
from midrun.rehearse.watching.kinds.gradients import NoGradient
from midrun.rehearse.watching.kinds.graphs import GraphKept
from midrun.rehearse.watching.kinds.levels import SchedulerLevel
from midrun.rehearse.watching.kinds.memory import MemoryGrows
from midrun.rehearse.watching.kinds.modes import TrainNotSetBack
from midrun.rehearse.watching.kinds.optimizers import NotInOptimizer
from midrun.rehearse.watching.kinds.order import SchedulerBeforeOptimizer
from midrun.rehearse.watching.kinds.seeds import SeedInLoop
from midrun.rehearse.watching.kinds.shuffling import Shuffling
from midrun.rehearse.watching.kinds.stepping import NeverStepped
from midrun.rehearse.watching.kinds.zeroing import NeverZeroed
from midrun.rehearse.watching.watcher import Watcher

KINDS: tuple[type[Watcher], ...] = (
    GraphKept,
    MemoryGrows,
    TrainNotSetBack,
    Evaluation,
    NeverZeroed,
    NoGradient,
    NotInOptimizer,
    NeverStepped,
    SchedulerLevel,
    SchedulerBeforeOptimizer,
    SameAugmentation,
    Shuffling,
    SeedInLoop,
)
