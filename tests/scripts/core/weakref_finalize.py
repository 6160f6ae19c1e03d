"""weakref.finalize and __del__: run once, when the object goes, in the order of the uninterrupted run."""

import weakref


class Resource:
    live = 0

    def __init__(self, name):
        self.name = name
        Resource.live += 1
        self.finalizer = weakref.finalize(self, print, "finalized", name)
        self.finalizer.atexit = False

    def __del__(self):
        Resource.live -= 1
        print("del", self.name, Resource.live)


def use(n):
    resource = Resource(f"local{n}")
    for k in range(2):
        print("using", resource.name, k, Resource.live)
    return resource.finalizer.alive


kept = [Resource("kept0"), Resource("kept1"), Resource("kept2")]
while kept:
    print(use(len(kept)), Resource.live)
    early = kept.pop()
    if len(kept) == 1:
        print("by hand")
        early.finalizer()
    print(early.name, early.finalizer.alive)
    del early
print("end", Resource.live)
