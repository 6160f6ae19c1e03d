"""Iterator classes: __next__ with state, __getitem__-only sequences, __iter__ as a generator method, __reversed__."""


class Fibonacci:
    def __init__(self, limit):
        self.a, self.b, self.limit = 0, 1, limit

    def __iter__(self):
        return self

    def __next__(self):
        if self.a > self.limit:
            raise StopIteration
        value = self.a
        self.a, self.b = self.b, self.a + self.b
        for k in range(2):
            print("computing", k)
        return value


class OldStyle:
    def __getitem__(self, index):
        print("getitem", index)
        if index == 4:
            raise IndexError
        return index * index


class Loader:
    def __init__(self, data, size):
        self.data, self.size, self.epochs = data, size, 0

    def __iter__(self):
        self.epochs += 1
        for start in range(0, len(self.data), self.size):
            yield self.data[start : start + self.size]
        print("epoch", self.epochs, "over")

    def __len__(self):
        return -(-len(self.data) // self.size)

    def __reversed__(self):
        return reversed(self.data)


loader, old = Loader(list(range(7)), 3), iter(OldStyle())
for number in Fibonacci(20):
    print("number", number, next(old, "over"))
for epoch in range(2):
    for k, batch in enumerate(loader):
        for other in loader:
            print(epoch, k, batch, other, len(loader))
print(loader.epochs, list(reversed(loader)))
