"""weakref, WeakValueDictionary, WeakKeyDictionary, WeakSet, WeakMethod: entries go when their object goes."""

import gc
import weakref


class Thing:
    def __init__(self, name):
        self.name = name

    def hello(self):
        return f"hello {self.name}"


def gone(ref):
    print("gone")


strong = {name: Thing(name) for name in "abcd"}
refs = [weakref.ref(thing) for thing in strong.values()]
called = weakref.ref(strong["b"], gone)
by_name = weakref.WeakValueDictionary(strong)
notes = weakref.WeakKeyDictionary({thing: [thing.name] for thing in strong.values()})
group = weakref.WeakSet(strong.values())
method = weakref.WeakMethod(strong["c"].hello)
proxy = weakref.proxy(strong["d"])
thing = None
for n, name in enumerate(list(strong)):
    notes[strong["d"]].append(n)
    proxy.name += "!"
    print(sorted(by_name), len(notes), len(group), [r() is not None for r in refs])
    print(proxy.name, notes[strong["d"]], method()() if method() else None, called() is strong.get("b"))
    if name != "d":
        del strong[name]
        gc.collect()
try:
    del strong
    gc.collect()
    print(proxy.name)
except ReferenceError:
    print("the proxy's object is gone", len(by_name), len(group), len(notes))
