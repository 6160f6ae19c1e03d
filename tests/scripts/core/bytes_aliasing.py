"""array, bytearray and memoryview over one buffer: a write through one shows in all the others."""

import array
import ctypes

buffer = bytearray(16)
view = memoryview(buffer)
part = view[4:12]
numbers = array.array("d", [0.5] * 4)
raw = memoryview(numbers).cast("B")
shape = memoryview(bytearray(range(12))).cast("B", [3, 4])
ints = (ctypes.c_int * 4)(1, 2, 3, 4)
for n in range(5):
    buffer[5] += n + 1
    part[0] = n * 2
    part[-2:] = b"zz"
    print(bytes(buffer), part[1], view.obj is buffer, part.nbytes)
    numbers[n % 4] *= 3
    raw[0] = n
    ints[n % 4] += n
    print(numbers[1:], raw[0], shape[n % 3, n % 4], shape.tolist()[0], list(ints))
    try:
        buffer.append(1)
    except BufferError as error:
        print("exported", len(buffer))
part.release()
raw.release()
view.release()
shape.release()
buffer.append(7)
numbers.append(1.0)
print(len(buffer), numbers)
