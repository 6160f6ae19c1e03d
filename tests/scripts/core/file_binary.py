"""Binary files read in pieces, with seek, peek, readinto and struct; buffered and unbuffered."""

import struct

with open("data.bin", "wb") as out:
    for n in range(500):
        out.write(struct.pack("<Id", n, n / 7))
        if n % 100 == 0:
            print("at", out.tell())

record = struct.Struct("<Id")
buffer = bytearray(24)
with open("data.bin", "rb") as buffered, open("data.bin", "rb", buffering=0) as raw:
    while piece := buffered.read(record.size * 50):
        values = [n for n, _ in record.iter_unpack(piece)]
        print(values[0], values[-1], buffered.tell(), buffered.peek(4)[:4])
        got = raw.readinto(buffer)
        print(got, record.unpack_from(buffer, 12), raw.tell())
    buffered.seek(-record.size, 2)
    print(record.unpack(buffered.read()))
    raw.seek(12 * 42)
    print(record.unpack(raw.read(12)))

with open("data.bin", "r+b") as both:
    for n in range(0, 500, 90):
        both.seek(n * 12)
        old, _ = record.unpack(both.read(12))
        both.seek(-12, 1)
        both.write(record.pack(old + 1000, 0.5))
        print("changed", old, both.tell())
    both.seek(90 * 12)
    print(record.unpack(both.read(12)))
