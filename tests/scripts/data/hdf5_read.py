"""A Dataset class that reads an HDF5 file, also in the middle of a loop over its rows."""

import h5py
import numpy as np

with h5py.File("data.h5", "w") as made:
    made["x"] = np.arange(40, dtype="f4").reshape(20, 2)
    made["deep/y"] = np.arange(20)
    made["deep"].attrs["kind"] = "labels"


class Rows:
    def __init__(self, path):
        self.file = h5py.File(path, "r")
        self.x = self.file["x"]
        self.y = self.file["deep"]["y"]
        self.attributes = self.file["deep"].attrs

    def __getitem__(self, index):
        return self.x[index], int(self.y[index])


rows = Rows("data.h5")
for number, row in enumerate(rows.file["x"]):
    print(number, row, rows[number], rows.attributes["kind"], rows.x.file == rows.file, rows.x.shape)
rows.file.close()
print(bool(rows.x), bool(made))
del made, rows
