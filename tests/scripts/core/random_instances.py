"""The global random state, Random instances, one shared under two names, SystemRandom, shuffles under way."""

import random

random.seed(7)
own = random.Random(13)
alias = own
choose = own.choice
items = list(range(10))
saved = None
for n in range(8):
    random.shuffle(items)
    print(n, random.random(), own.gauss(0, 1), alias.randint(0, 99), choose("abc"), items)
    if n == 3:
        saved = random.getstate()
        own.seed("text")
    if n == 5:
        random.setstate(saved)
    print(alias is own, random.sample(range(100), 3), choose.__self__ is own, random.gauss(0, 1))
secret = random.SystemRandom()
print(0 <= secret.random() < 1)
