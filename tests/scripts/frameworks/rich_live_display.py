"""rich's live progress, which a thread of its own draws anew, on the console that rich shares."""

import time

import rich
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


def main():
    console = rich.get_console()
    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn())
    with Progress(*columns, refresh_per_second=50) as progress:
        outer = progress.add_task("epochs", total=3)
        for epoch in range(3):
            inner = progress.add_task(f"epoch {epoch}", total=4)
            for step in range(4):
                time.sleep(0.01)
                progress.advance(inner)
                done = [task.completed for task in progress.tasks]
                print(epoch, step, done, progress.live._refresh_thread.is_alive())
            progress.advance(outer)
        print(progress.console is rich.get_console() is console, progress.finished)
    print(progress.live.is_started)
    console.print("[bold]end[/bold]")


main()
