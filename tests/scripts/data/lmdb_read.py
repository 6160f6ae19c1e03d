"""An LMDB transaction that reads for as long as the program runs, and a cursor of it under way."""

import lmdb

with lmdb.open("data", map_size=1 << 22) as made, made.begin(write=True) as transaction:
    transaction.cursor().putmulti([(b"%03d" % n, b"value %d" % n) for n in range(50)])
del made


class Rows:
    def __init__(self, path):
        self.environment = lmdb.open(path, readonly=True, lock=False)
        self.transaction = self.environment.begin()

    def __len__(self):
        return self.transaction.stat()["entries"]

    def __getitem__(self, index):
        return self.transaction.get(b"%03d" % index)


rows = Rows("data")
cursor = rows.transaction.cursor()
cursor.first()
for step in range(10):
    print(step, len(rows), rows[step * 3], cursor.key(), cursor.value(), cursor.next())
rows.environment.close()
del rows, cursor, transaction
