"""W&B offline: the run goes on in a folder of its own, at the step that it had come to; rows that are not complete too."""

import glob
import json
import shutil
import struct
import time

import wandb
from wandb.proto import wandb_internal_pb2 as records


def rows(path):
    """The history in a .wandb file: records in blocks, as LevelDB writes its log."""
    data, at, part = open(path, "rb").read(), 7, b""
    while at + 7 <= len(data):
        left = 32768 - at % 32768
        if left < 7:
            at += left
            continue
        _, size, kind = struct.unpack_from("<IHB", data, at)
        if kind == 0:
            break
        part += data[at + 7 : at + 7 + size]
        at += 7 + size
        if kind in (1, 4):
            record, part = records.Record.FromString(part), b""
            for item in record.history.item:
                yield record.history.step.num, "/".join(item.nested_key) or item.key, json.loads(item.value_json)


shutil.rmtree("wandb", ignore_errors=True)
settings = wandb.Settings(silent=True, console="off", x_disable_stats=True, x_transaction_log_flush_interval=0.01)
run = wandb.init(
    project="trial", group="g", name="first", mode="offline", id="abc", tags=["x"], config={"lr": 0.5}, settings=settings
)
run.define_metric("loss", step_metric="epoch")
config = wandb.config
for epoch in range(8):
    wandb.log({"epoch": epoch}, commit=False)
    time.sleep(0.02)
    run.log({"loss": 1 / (epoch + 1)})
    config.update({"seen": epoch}, allow_val_change=True)
    run.summary["best"] = epoch
    time.sleep(0.05)
    print(epoch, run.id, run.name, run.group, run.tags, wandb.run is run, config is run.config, dict(config))
for step in range(20, 24):
    wandb.log({"late": step}, step=step)
    wandb.log({"also": -step}, step=step)
    time.sleep(0.05)
    print(step, run.step, run.summary["best"], run.summary["loss"])
run.finish()
wandb.teardown()
print(wandb.run, run.id)
found = [row for path in glob.glob("wandb/offline-run-*-abc/*.wandb") for row in rows(path)]
for row in sorted((row for row in found if row[1][0] != "_"), key=str):
    print(*row)
del run, config, found, settings
