"""Dataclasses: frozen, slots, post_init, InitVar, factories, inheritance, order; identity of shared fields."""

from dataclasses import InitVar, asdict, dataclass, field, fields, replace


@dataclass
class Config:
    lr: float = 0.1
    layers: list = field(default_factory=list)
    scale: InitVar[int] = 1
    total: float = field(init=False, repr=False)

    def __post_init__(self, scale):
        self.total = self.lr * scale
        print("post_init", self.total)


@dataclass(frozen=True, order=True)
class Key:
    name: str
    version: int = 0

    def bump(self):
        return replace(self, version=self.version + 1)


@dataclass(slots=True)
class Slotted:
    a: int
    b: list = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FrozenSlotted:
    key: Key
    extra: tuple = ()


@dataclass(kw_only=True)
class Child(Config):
    name: str = "child"


shared = [1]
config = Config(0.5, shared, scale=4)
child = Child(lr=0.25, layers=shared, name="c")
slotted = Slotted(1, shared)
key = Key("k")
table = {}
for n in range(4):
    shared.append(n)
    key = key.bump()
    table[key] = FrozenSlotted(key, (n,))
    slotted.a += n
    config.total += n
    print(config, child, slotted, config.total)
    print(config.layers is child.layers is slotted.b, table[key].key is key, max(table), sorted(table)[0])
    print([f.name for f in fields(child)], asdict(slotted), hash(key) == hash(Key("k", n + 1)))
    try:
        key.name = "x"
    except AttributeError as error:
        print(type(error).__name__, error)
