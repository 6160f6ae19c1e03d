"""Positional-only, keyword-only, defaults, *args and **kwargs under way and changed inside the call."""


def every(a, b=2, /, c=3, *args, d, e=5, **kwargs):
    for step in range(2):
        a += step
        args = (*args, step)
        kwargs[f"s{step}"] = d
        print(a, b, c, args, d, e, sorted(kwargs.items()))
    del b
    if a > 3:
        return every(1, c, d=e, e=a, x=args)
    return a, c, args, d, e, kwargs


def with_same_name(self, /, **kwargs):
    for key in sorted(kwargs):
        print(self, key, kwargs[key])
    return kwargs.get("self")


for n in range(3):
    print(every(n, d=n))
    print(every(n, 1, 2, 3, d=4, c_=5))
    print(with_same_name(n, self="keyword", a=n))
every.__kwdefaults__["e"] = 50
every.__defaults__ = (20, 30)
print(every(1, d=1))
