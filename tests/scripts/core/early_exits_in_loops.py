"""return, break and continue out of loops inside try/finally inside with inside loops."""


class Track:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print("+", self.name)

    def __exit__(self, *exc):
        print("-", self.name)


def search(rows, wanted):
    looked = 0
    for r, row in enumerate(rows):
        with Track(f"row{r}"):
            try:
                for c, cell in enumerate(row):
                    looked += 1
                    print("look", r, c, cell)
                    if cell is None:
                        continue
                    if cell < 0:
                        print("negative, next row")
                        break
                    if cell == wanted:
                        return r, c, looked
                else:
                    print("row complete")
                    continue
                print("row broken off")
            finally:
                looked += 10
                print("row over", looked)
    return None, None, looked


rows = [[1, None, 3], [4, -1, 5], [6, 7, 8]]
for wanted in (3, 5, 7, 9):
    print("search", wanted, search(rows, wanted))
