"""npz archives held open, text files, scalars of every kind, datetime, nan payloads, string dtypes."""

import io

import numpy as np

np.savez("arrays.npz", a=np.arange(5), b=np.eye(2))
archive = np.load("arrays.npz")
memory = io.BytesIO()
scalars = [np.int8(-5), np.uint64(2**63), np.float16(0.1), np.bool_(True), np.complex64(1 + 2j), np.datetime64("2024-02-28T10", "h"), np.str_("é"), np.bytes_(b"x"), np.void(b"ab")]
words = np.array(["a", "bcd", "é"])
for n in range(6):
    words[n % 3] += "x"
    scalars[0] = np.int8(scalars[0] + n)
    scalars[5] += np.timedelta64(n * 10, "h")
    np.save(memory, np.full(2, n))
    print(n, archive["a"].sum(), sorted(archive.files), memory.tell(), words.tolist())
    print([f"{type(s).__name__}:{s}" for s in scalars[:7]], scalars[8].tobytes())
    if n == 4:
        np.savetxt("out.txt", np.arange(4).reshape(2, 2), fmt="%d")
        print(np.loadtxt("out.txt", dtype=int).tolist())
memory.seek(0)
for n in range(6):
    print("read", np.load(memory).tolist())
archive.close()
