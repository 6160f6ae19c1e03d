"""An LMDB environment that is written to, one that is read, and a cursor of it."""

import lmdb

written = lmdb.open("written", map_size=1 << 22, max_dbs=2)
with lmdb.open("data", map_size=1 << 22) as made:
    with made.begin(write=True) as transaction:
        for n in range(50):
            transaction.put(b"%03d" % n, b"value %d" % n)
del made
read = lmdb.open("data", readonly=True, lock=False, readahead=False)
for step in range(8):
    with read.begin() as transaction:
        value = transaction.get(b"%03d" % step)
    with written.begin(write=True) as transaction:
        transaction.put(b"step %d" % step, value)
        transaction.put(b"count", b"%d" % (int(transaction.get(b"count") or 0) + step))
    with written.begin() as transaction:
        print(step, value, transaction.get(b"count"), transaction.stat()["entries"])
    print(read.stat()["entries"], read.flags()["readonly"])
with written.begin() as transaction:
    print([(bytes(key), len(value)) for key, value in transaction.cursor()])
written.close()
del written, read, transaction
