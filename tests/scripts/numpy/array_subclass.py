"""ndarray subclasses with __array_finalize__, attributes, __array_ufunc__ and a matrix; their views keep the link."""

import numpy as np


class Tagged(np.ndarray):
    def __new__(cls, values, tag):
        self = np.asarray(values, dtype=float).view(cls)
        self.tag = tag
        return self

    def __array_finalize__(self, source):
        self.tag = getattr(source, "tag", "none")


class Counting(np.ndarray):
    calls = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        Counting.calls += 1
        plain = [i.view(np.ndarray) if isinstance(i, Counting) else i for i in inputs]
        result = getattr(ufunc, method)(*plain, **kwargs)
        return result.view(Counting) if isinstance(result, np.ndarray) else result


tagged = Tagged([1, 2, 3, 4], ["tag"])
part = tagged[1:3]
counting = np.ones(4).view(Counting)
holder = {"tagged": tagged, "dtype": tagged.dtype, "func": np.add, "scalar": np.float32(0.1)}
for n in range(6):
    part += n
    tagged.tag.append(n)
    counting = counting * 2 + n
    holder["scalar"] *= np.float32(1.5)
    print(n, tagged, part, part.tag is tagged.tag, type(part).__name__, np.shares_memory(part, tagged))
    print(counting.tolist(), Counting.calls, (tagged * 2).tag, holder["scalar"], type(holder["scalar"]).__name__)
    print(holder["dtype"] is np.dtype(float), holder["func"](n, 1), holder["tagged"] is tagged)
    for value in part.flat:
        print("value", value)
