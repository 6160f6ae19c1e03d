"""`global` state in a second module, changed by its functions while a loop of theirs is under way."""

import counter
from counter import history, step

for n in range(4):
    print(n, step(n), counter.total, history is counter.history)
    counter.total += 100
    counter.run_loop(2, lambda k: print("callback", k, counter.total))
print(counter.total, history)
