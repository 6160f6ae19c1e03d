"""NumPy is in sys.modules, but loaded only when something of it is used: a savepoint does not load it."""

import importlib.util
import sys

spec = importlib.util.find_spec("numpy")
loader = importlib.util.LazyLoader(spec.loader)
spec.loader = loader
numpy = importlib.util.module_from_spec(spec)
loader.exec_module(numpy)
sys.modules["numpy"] = numpy
for step in range(4):
    print(step, "numpy.linalg" in sys.modules, type(numpy).__name__)
for step in range(4):
    generator = numpy.random.default_rng(step)
    print(generator.random(2).tolist(), numpy.arange(step).sum())
    print(step, "numpy.linalg" in sys.modules)
del numpy, generator, spec, loader
