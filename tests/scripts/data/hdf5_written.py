"""An HDF5 file that is being written: datasets that grow, groups, attributes."""

import h5py
import numpy as np

file = h5py.File("out.h5", "w")
group = file.create_group("run")
losses = group.create_dataset("loss", shape=(0,), maxshape=(None,), dtype="f8")
for step in range(8):
    losses.resize(step + 1, axis=0)
    losses[step] = 1 / (step + 1)
    group.attrs["steps"] = step
    file[f"run/image{step}"] = np.full((3, 3), step)
    print(step, len(group), losses[:].sum(), group.attrs["steps"], losses.name, file.mode)
file.close()
print(bool(file), bool(losses))
with h5py.File("out.h5") as again:
    print(sorted(again["run"]), again["run/loss"][:].tolist())
del file, losses, group, again
