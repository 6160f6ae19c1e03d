"""more-itertools over loaders and generators: peekable, seekable, bucket, spy, chunked, and others, half consumed."""

import more_itertools as more
import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)
torch.manual_seed(0)
loader = DataLoader(TensorDataset(torch.arange(12)), batch_size=2, shuffle=True)


def numbers(stop):
    for k in range(stop):
        print("made", k)
        yield k


peek = more.peekable(loader)
seek = more.seekable(numbers(20), maxlen=6)
buckets = more.bucket(numbers(30), key=lambda k: k % 3)
twos, zeros = buckets[2], buckets[0]
head, rest = more.spy(numbers(12), 2)
chunks = more.chunked(numbers(9), 2)
windows = more.windowed(numbers(9), 3)
run = more.run_length.encode("aaabbcddde")
counted = more.countable(numbers(9))
even, odd = more.partition(lambda k: k % 2, numbers(10))
interleaved = more.interleave_longest(numbers(3), "abcd")
grouped = more.split_when([1, 2, 3, 1, 2, 5, 4], lambda a, b: b < a)
shuffled = more.sliding_window(numbers(8), 2)
rounds = more.roundrobin("abc", numbers(3))
time = more.numeric_range(0, 5, 0.5)
steps = iter(time)
view = more.SequenceView([1, 2, 3])
lazy = more.islice_extended(numbers(20), 1, None, 3)
sides = more.mark_ends(numbers(5))
for turn in range(5):
    print(turn, peek.peek()[0].tolist(), next(peek)[0].tolist(), bool(peek))
    print(next(seek), seek.elements()[-1], seek.peek())
    if turn == 2:
        seek.seek(1)
        peek.prepend(("put back",))
        print(next(peek))
    print(next(twos), next(zeros), head, next(rest))
    print(next(chunks, None), next(windows), next(run, None), next(counted), counted.items_seen)
    print(next(even, None), next(odd, None), next(interleaved, None), next(grouped, None), next(shuffled))
    print(next(rounds, None), next(steps), view[0], next(lazy), next(sides))
