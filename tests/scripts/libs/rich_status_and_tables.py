"""rich: a Live table, a status spinner and a console that prints, in the middle of a loop."""

import io

from rich.console import Console
from rich.live import Live
from rich.table import Table

out = io.StringIO()
console = Console(file=out, width=50, force_terminal=False)
table = Table("step", "loss")
with Live(table, console=console, auto_refresh=False) as live:
    for step in range(4):
        table.add_row(str(step), f"{1 / (step + 1):.3f}")
        live.refresh()
        print(step, table.row_count, live.is_started)
with console.status("working") as status:
    for step in range(4):
        status.update(f"step {step}")
        print(step, status.status)
console.print("[bold]done[/bold]", {"a": 1})
print(out.getvalue().count("done"), table.row_count)
del out, console, table, live, status
