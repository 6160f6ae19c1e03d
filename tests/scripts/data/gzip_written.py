"""gzip files that are being written, as bytes and as text."""

import gzip
import json

log = gzip.open("log.jsonl.gz", "wt")
data = gzip.GzipFile("data.gz", "wb", compresslevel=3)
for step in range(8):
    log.write(json.dumps({"step": step}) + "\n")
    data.write(bytes([step]) * 1000)
    print(step, data.tell())
log.close()
data.close()
with gzip.open("log.jsonl.gz", "rt") as again:
    print([json.loads(line)["step"] for line in again])
with gzip.open("data.gz") as again:
    print([(piece[0], len(piece)) for piece in iter(lambda: again.read(1000), b"")])
