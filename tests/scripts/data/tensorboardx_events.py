"""tensorboardX: its queue has few places, and a reader finds the events after the point once."""

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboardX import SummaryWriter

writer = SummaryWriter("runs/a", max_queue=3, flush_secs=60, filename_suffix=".mine")
total = 0
for step in range(12):
    total += step
    writer.add_scalar("total", total, step)
    if step % 3 == 0:
        writer.add_text("note", f"step {step}", step)
    print(step, writer.logdir, total)
writer.close()
found = EventAccumulator("runs/a").Reload()
print([(event.step, event.value) for event in found.Scalars("total")])
print([event.step for event in found.Tensors("note/text_summary")])
del found, writer
