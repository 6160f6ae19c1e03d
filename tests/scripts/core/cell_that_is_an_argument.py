"""An argument that is also a cell variable, is rebound, deleted and bound again."""


def run(value, *rest, key=None, **more):
    def show():
        return value, rest, key, sorted(more)

    print(show())
    for value in rest:
        key = value
        more[f"k{value}"] = value
        print(show())
    del value
    try:
        show()
    except NameError as error:
        print(error)
    for step in range(2):
        value = step
        print(show())
    return show


shows = [run(n, n + 1, n + 2, key="k") for n in range(2)]
for _ in range(2):
    more = run("a", "b", c="d")
    shows.append(more)
    print([show() for show in shows])
