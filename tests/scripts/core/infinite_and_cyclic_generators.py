"""cycle(loader) as a generator, an infinite counter, a generator that refers to itself."""


def cycle(loader):
    while True:
        for batch in loader:
            yield batch
        print("loader starts again")


def naturals(start=0):
    n = start
    while True:
        yield n
        n += 1


def sieve(numbers):
    while True:
        prime = next(numbers)
        yield prime
        numbers = filter(lambda n, p=prime: n % p, numbers)


def selfish():
    box = []

    def body():
        for k in range(100):
            yield k, box[0] is me

    me = body()
    box.append(me)
    return me


batches = cycle([10, 20, 30])
primes = sieve(naturals(2))
me = selfish()
for step, (prime, batch) in enumerate(zip(primes, batches)):
    print(step, prime, batch, next(batches), next(me))
    if step == 9:
        break
