"""Structured arrays, field views, records, sub-arrays, string and datetime fields; a row is a view."""

import numpy as np

kind = np.dtype([("id", "i4"), ("pos", "f4", (2,)), ("name", "U8"), ("when", "M8[D]"), ("raw", "S3")], align=True)
table = np.zeros(5, dtype=kind)
ids, positions = table["id"], table["pos"]
row = table[2]
records = table.view(np.recarray)
two = table[["id", "name"]]
for n in range(5):
    table[n] = (n * n, (n, n / 2), f"name{n}", np.datetime64("2024-02-27") + n, b"r%d" % n)
    positions += 0.5
    ids[0] -= 1
    row["name"] = f"row{n}"
    records.pos[n, 0] *= 3
    print(n, table[2], records[n].name, two["name"].tolist())
    print(table["when"].max(), positions.sum(), row["id"], np.sort(table, order="name")["id"].tolist())
    print(ids.base is table, two.dtype.names, table.dtype.itemsize, np.shares_memory(row, table))
