"""Nested for loops with else, break and continue: resuming inside must not lose the else branch."""


def first_factor(n):
    for d in range(2, n):
        if d % 2 == 0 and d > 2:
            continue
        print("try", n, d)
        if n % d == 0:
            print("factor", n, d)
            break
    else:
        print("prime", n)
        return None
    return d


found = []
for n in range(2, 30):
    if n % 5 == 0:
        continue
    for stop in (7, 11):
        if n == stop:
            print("stop at", n)
            break
    else:
        found.append((n, first_factor(n)))
        if len(found) > 14:
            print("enough")
            break
        continue
    print("after inner break", n)
else:
    print("never reached")
print(found)
