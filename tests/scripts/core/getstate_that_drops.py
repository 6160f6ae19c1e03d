"""A __getstate__ that leaves things out of its pickles: a hook meant for files, but a resume needs the whole object."""

import pickle


class Cached:
    def __init__(self):
        self.data = [1]
        self.cache = {}

    def total(self):
        if len(self.data) not in self.cache:
            print("compute")
            self.cache[len(self.data)] = sum(self.data)
        return self.cache[len(self.data)]

    def __getstate__(self):
        state = self.__dict__.copy()
        state["cache"] = {}
        return state

    def __setstate__(self, state):
        print("unpickled")
        self.__dict__.update(state)


thing = Cached()
for n in range(6):
    if n % 2:
        thing.data.append(n)
    print(n, thing.total(), thing.total(), thing.cache)
    if n == 3:
        twin = pickle.loads(pickle.dumps(thing))
        print(twin.cache, twin.data == thing.data)
