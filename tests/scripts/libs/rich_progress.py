"""rich.progress: track, and Progress as a context manager with its refreshing thread, tasks that go on."""

import io

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, track
from torch.utils.data import DataLoader

torch.set_num_threads(1)
torch.manual_seed(0)
out = io.StringIO()
console = Console(file=out, width=60, force_terminal=True, color_system=None, legacy_windows=False)
loader = DataLoader(torch.arange(12), batch_size=3, shuffle=True)
columns = TextColumn("{task.description}"), BarColumn(10), MofNCompleteColumn()
for x in track(loader, "alone", console=console):
    print(x.tolist())
with Progress(*columns, console=console, refresh_per_second=20, redirect_stdout=False) as progress:
    epochs = progress.add_task("epochs", total=2)
    for epoch in range(2):
        batches = progress.add_task(f"epoch {epoch}", total=len(loader))
        for x in loader:
            progress.update(batches, advance=1, description=f"sum {int(x.sum())}")
            task = progress.tasks[-1]
            print(epoch, x.tolist(), task.completed, task.total, task.description, progress.finished)
        progress.remove_task(batches)
        progress.advance(epochs)
        for x in progress.track(range(3), description="tracked"):
            print("tracked", x, [t.completed for t in progress.tasks][:2])
    print(progress.live.is_started, progress.live._refresh_thread.is_alive())
print(progress.live.is_started, progress.tasks[0].completed, "tracked" in out.getvalue())
del out, console, progress, task, columns
