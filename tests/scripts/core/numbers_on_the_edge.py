"""Big ints, nan (equal to nothing, but identical), inf, -0.0, complex, bools as ints, huge and tiny floats."""

import math
import struct

nan = float("nan")
box = [nan, -0.0, float("inf"), 10**50, 5e-324, complex(-0.0, nan), True]
table = {nan: "nan key", 1: "one", 10**30: "big"}
payload = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000123))[0]
value, small, huge = 1, 1.0, 3**500
for n in range(8):
    value = value * 10**7 + n
    small /= 1e50
    huge >>= 90
    print(n, value, small, huge, value.bit_length())
    print(box[0] is nan, nan in box, box[0] == nan, table[nan], table[True], table[10**30])
    print(math.copysign(1, box[1]), box[2] - 1, -box[2], box[4] / 2, box[5], struct.pack("<d", payload).hex())
    box[1] = box[1] * 1 if n % 2 else -box[1]
    print(0.1 + 0.2, (0.1 + n) .hex(), sum([0.1] * n), round(n + 0.5), divmod(-n, 3), n / 3)
    payload = payload if n else struct.unpack("<d", struct.pack("<Q", 0xFFF8000000000456))[0]
