"""__reduce__ and __getnewargs_ex__: __init__ must not run again, __new__ must get its arguments."""

import copy
import pickle


class Counts:
    made = 0

    def __init__(self, n):
        Counts.made += 1
        self.n = n

    def __reduce__(self):
        return Counts._rebuild, (self.n,)

    @staticmethod
    def _rebuild(n):
        self = object.__new__(Counts)
        self.n = n
        return self


class NewArgs:
    def __new__(cls, *, key):
        self = super().__new__(cls)
        self.key = key
        return self

    def __getnewargs_ex__(self):
        return (), {"key": self.key}


counts, newargs = Counts([5]), NewArgs(key=[1])
for n in range(4):
    counts.n.append(n)
    newargs.key.append(n)
    clone = copy.deepcopy([counts, counts])
    print(Counts.made)
    print(counts.n, clone[0] is clone[1], clone[0].n is counts.n, newargs.key, pickle.loads(pickle.dumps(newargs)).key)
