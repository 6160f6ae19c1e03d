"""Generators of several bit generators, the legacy global one, a RandomState, spawned children, shared under two names."""

import numpy as np

np.random.seed(4)
legacy = np.random.RandomState(9)
made = {kind: np.random.Generator(getattr(np.random, kind)(3)) for kind in ("PCG64", "MT19937", "Philox", "SFC64")}
own = np.random.default_rng(7)
alias, bits = own, own.bit_generator
children = own.spawn(2)
saved = None
for n in range(7):
    print(n, np.random.rand(), np.random.randint(0, 99, 3).tolist(), legacy.normal(), np.random.permutation(4).tolist())
    print({kind: g.standard_normal() for kind, g in made.items()})
    print(own.random(), alias.integers(0, 9, 3, dtype=np.uint8).tolist(), [c.random() for c in children])
    print(alias is own, own.bit_generator is bits, np.random.randn(), legacy.choice(5, 2, replace=False).tolist())
    if n == 2:
        saved = np.random.get_state(), bits.state
        children += own.spawn(1)
    if n == 4:
        np.random.set_state(saved[0])
        bits.state = saved[1]
