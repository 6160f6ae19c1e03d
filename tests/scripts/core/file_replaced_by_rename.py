"""Checkpoints written to a temporary name and renamed, JSON state read back, old files removed."""

import json
import os

best = None
for step in range(8):
    state = {"step": step, "best": best, "values": [step * 0.1] * 2}
    with open("state.json.tmp", "w") as out:
        json.dump(state, out)
    os.replace("state.json.tmp", f"state-{step}.json")
    if step >= 3:
        os.remove(f"state-{step - 3}.json")
    with open(f"state-{step}.json") as source:
        loaded = json.load(source)
    best = loaded["values"][0] if best is None else max(best, loaded["values"][0])
    print(step, best, sorted(os.listdir(".")), loaded == state)
