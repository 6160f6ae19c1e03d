"""A metaclass with __prepare__, __call__, state and a registry: classes are not made again at a resume."""


class Meta(type):
    registry = []

    @classmethod
    def __prepare__(mcs, name, bases, **kwargs):
        print("prepare", name, kwargs)
        return {"prepared": name}

    def __new__(mcs, name, bases, namespace, **kwargs):
        cls = super().__new__(mcs, name, bases, dict(namespace))
        cls.options = kwargs
        mcs.registry.append(cls)
        return cls

    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace)
        cls.instances = []

    def __call__(cls, *args):
        instance = super().__call__(*args)
        cls.instances.append(instance)
        print("made", cls.__name__, len(cls.instances))
        return instance

    def __len__(cls):
        return len(cls.instances)


class A(metaclass=Meta, flag=1):
    def __init__(self, n=0):
        self.n = n


class B(A, flag=2):
    pass


for n in range(4):
    a, b = A(n), B(-n)
    print(len(A), len(B), A.instances[-1] is a, [x.n for x in B.instances], type(b) is B)
    C = Meta(f"C{n}", (B,), {"size": n})
    print(C.prepared if n == 9 else C.size, C(n).n, [cls.__name__ for cls in Meta.registry], C.options)
