"""Methods replaced at run time on the class and on one instance, with originals kept and called."""


class Net:
    def __init__(self, name):
        self.name = name

    def forward(self, x):
        print("forward", self.name, x)
        return x + 1


def traced(original):
    def forward(self, x):
        print("traced before", x)
        result = original(self, x)
        print("traced after", result)
        return result

    return forward


nets = [Net("a"), Net("b")]
original = Net.forward
for n in range(5):
    for net in nets:
        print(net.name, net.forward(n))
    if n == 0:
        Net.forward = traced(Net.forward)
    if n == 1:
        nets[0].forward = lambda x: -x
    if n == 2:
        nets[1].forward = original.__get__(nets[1])
        Net.twice = lambda self, x: self.forward(self.forward(x))
    if n == 3:
        Net.forward = original
        del nets[0].forward
    print(Net.forward is original, ["forward" in vars(net) for net in nets], hasattr(Net, "twice"))
print(nets[0].twice(5), len([str.upper, print]))
builtin_print = print
print = lambda *args: builtin_print("patched", *args)
for n in range(2):
    print(n, nets[1].forward(n))
del print
print("builtin again", print is builtin_print)
