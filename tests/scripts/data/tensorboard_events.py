"""TensorBoard: a reader of the folder finds the events after the point once."""

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard import SummaryWriter

writer = SummaryWriter("runs/a", filename_suffix=".mine")
for step in range(8):
    writer.add_scalar("loss", 1 / (step + 1), step)
    writer.add_scalars("both", {"x": step, "y": -step}, step)
    if step % 3 == 0:
        writer.add_text("note", f"step {step}", step)
    print(step, writer.log_dir)
writer.close()
found = EventAccumulator("runs/a").Reload()
print([(event.step, round(event.value, 4)) for event in found.Scalars("loss")])
print([event.step for event in found.Tensors("note/text_summary")])
print([event.step for event in EventAccumulator("runs/a/both_x").Reload().Scalars("both")])
del found, writer
