"""NumPy is in sys.modules, but loaded only when something of it is used: a savepoint does not load it."""

import importlib.util
import sys

spec = importlib.util.find_spec("numpy")
loader = importlib.util.LazyLoader(spec.loader)
spec.loader = loader
numpy = importlib.util.module_from_spec(spec)
sys.modules["numpy"] = (loader.exec_module(numpy), numpy)[1]
for step in range(4):
    print(step, sys.modules["numpy"] is numpy)
for step in range(4):
    generator = numpy.random.default_rng(step)
    print(generator.random(2).tolist(), numpy.arange(step).sum())
    print(step)
del numpy, generator, spec, loader
