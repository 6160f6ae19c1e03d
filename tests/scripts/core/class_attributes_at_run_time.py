"""Class attributes, methods and bases that change while the program runs: the class is state."""


class Model:
    instances = 0
    registry = {}
    lr = 0.1

    def __init__(self):
        type(self).instances += 1
        self.registry[self.instances] = self


class Big(Model):
    pass


class Other:
    def extra(self):
        return "extra from Other"


for n in range(5):
    thing = (Model, Big)[n % 2]()
    Model.lr *= 2
    print(Model.instances, Big.instances, "instances" in vars(Big), thing.lr)
    if n == 1:
        Big.lr = -1
        Model.later = lambda self: self.lr + 1
    if n == 2:
        Model.registry = dict(Model.registry)
        setattr(Big, "dynamic name", n)
    if n == 3:
        Big.__bases__ = (Model, Other)
        del Big.lr
    print(Big.lr, hasattr(thing, "later") and thing.later(), getattr(Big, "dynamic name", None))
    print(list(Model.registry), Model.registry.get(2) is thing, hasattr(thing, "extra") and thing.extra())
