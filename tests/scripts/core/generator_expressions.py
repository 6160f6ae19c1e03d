"""Generator expressions half consumed, nested, chained into a pipeline, sharing one source."""


def shout(x):
    print("shout", x)
    return x


def pipeline(n):
    numbers = (shout(k) for k in range(n))
    even = (k for k in numbers if k % 2 == 0)
    scaled = (k * scale for k in even)
    scale = 10
    for value in scaled:
        scale += 1
        print("value", value, scale)
    return sum(k + j for k in range(3) for j in range(k))


shared = (k * k for k in range(12))
pairs = ((a, next(shared)) for a in shared if a % 3)
for a, b in pairs:
    print(a, b)
    if a > 16:
        break
print(list(shared), list(pairs))
print(pipeline(9), pipeline(4))
rows = [(r * 10 + c for c in range(3)) for r in range(3)]
for turn in range(3):
    print([next(row) for row in rows])
