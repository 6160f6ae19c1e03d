"""A writer and a reader on one file, two readers, an alias of a handle, and a handle in an object."""


class Tail:
    def __init__(self, handle):
        self.handle = handle
        self.seen = 0

    def more(self):
        for line in self.handle:
            self.seen += 1
            yield line.rstrip("\n")


writer = open("shared.txt", "w")
reader = open("shared.txt")
tail = Tail(open("shared.txt"))
alias = reader
for n in range(10):
    print(f"line {n}", file=writer)
    if n % 2:
        writer.flush()
    print(n, alias.readline().rstrip(), list(tail.more()), tail.seen, alias is reader)
for handle in (writer, reader, tail.handle):
    handle.close()
print(alias.closed, writer.mode, reader.mode)
