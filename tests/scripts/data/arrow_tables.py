"""Arrow: tables in memory and over a mapped file, batches of a Parquet file, a data set."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.feather as feather
import pyarrow.parquet as pq

table = pa.table({"x": list(range(1000)), "name": [f"row {n}" for n in range(1000)]})
pq.write_table(table, "data.parquet", row_group_size=100)
feather.write_feather(table, "data.arrow", compression="uncompressed", chunksize=100)
mapped = pa.ipc.open_file(pa.memory_map("data.arrow")).read_all()
raw = pa.OSFile("data.arrow")
folder = ds.dataset("data.parquet")
for step in range(8):
    part = mapped.slice(step * 10, 10)
    print(step, pc.sum(part["x"]).as_py(), raw.read(10), raw.tell())
    print(folder.count_rows(), table["x"][step].as_py(), pq.read_metadata("data.parquet").num_row_groups, part.num_rows)
    table = table.append_column(f"s{step}", pa.array([step] * 1000))
print(table.num_columns, table.schema.names)
del mapped, raw, folder, part
