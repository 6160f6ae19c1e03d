"""Calls whose arguments stand on other lines than their names: a line event comes before them."""


def add(*values):
    return sum(values)


def pairs(n):
    return [(k, k + 1) for k in range(n)]


total = 0
for step in range(8):
    ones, twos = list(
        zip(
            *pairs(
                step + 2,
            ),
        ),
    )
    total += add(
        *ones,
        add(
            step,
        ),
    )
    total = max(
        total,
        min(
            step,
            3,
        ),
    )
    print(step, total, ones, twos)
