"""An HDF5 file in memory; a file that is appended to; objects that are the same and objects that are equal."""

import h5py
import numpy as np

memory = h5py.File("nowhere.h5", "w", driver="core", backing_store=False)
memory["x"] = np.zeros(5)
with h5py.File("grows.h5", "w") as made:
    made["kept"] = np.arange(3)
    made.close()
    file = h5py.File("grows.h5", "a")
one, same, other = file["kept"], None, file["kept"]
same = one
for step in range(6):
    memory["x"][step % 5] = step
    file.attrs["step"] = step
    file.create_dataset(f"s{step}", data=np.full(4, step), chunks=(2,), compression="gzip")
    one[0] += 10
    print(step, memory["x"][:].tolist(), len(file), other[:].tolist(), one is same, one is other, one == other)
    print(one.parent == file, one.file.filename, one.fillvalue, file.attrs["step"], sorted(file)[-1])
del file[f"s{step}"]
file.close()
memory.close()
print(bool(one), bool(file), h5py.File("grows.h5")["kept"][:])
del one, same, other, made, file, memory
