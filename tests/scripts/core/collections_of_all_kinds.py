"""deque with maxlen, Counter, OrderedDict, defaultdict with a lambda, ChainMap, heapq, mappingproxy, bisect."""

import bisect
import collections
import heapq
import types

window = collections.deque([1, 2], maxlen=3)
counts = collections.Counter("abracadabra")
ordered = collections.OrderedDict((k, n) for n, k in enumerate("xyz"))
nested = collections.defaultdict(lambda: collections.defaultdict(list))
base, top = {"a": 1}, {}
chain = collections.ChainMap(top, base)
heap, heap_alias = [], None
heap_alias = heap
space = types.SimpleNamespace(chain=chain)
proxy = types.MappingProxyType(base)
rotating = iter(window)
for n in range(6):
    window.append(n)
    counts.update("ab" * n)
    counts["zero"] -= n
    ordered.move_to_end("x", last=n % 2 == 0)
    nested[n % 2]["k"].append(n)
    chain["new"] = n
    base["a"] += n
    heapq.heappush(heap, (7 * n % 5, n))
    print(window, window.maxlen, counts.most_common(2), list(ordered), proxy["a"])
    print({k: dict(v) for k, v in nested.items()}, chain["a"], chain.maps[0] is top, chain.new_child()["new"])
    print(heap_alias is heap, heap[0], proxy == base, space.chain is chain)
    if n == 3:
        print(heapq.heappop(heap), ordered.popitem(), window.rotate(1), counts.total())
        space.window = window
sorted_list = []
for n in (5, 1, 4, 2):
    bisect.insort(sorted_list, n)
    print(sorted_list, getattr(space, "window", None) is window)
merged = heapq.merge([1, 4, 7], [2, 5, 8], [0, 9])
for value in merged:
    print("merged", value)
