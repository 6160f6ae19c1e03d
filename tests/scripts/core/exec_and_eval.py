"""Code from exec and eval: functions with no source file, and loops under way inside exec'd text."""

source = '''
def made(n):
    """A function without a file."""
    total = 0
    for k in range(n):
        total += k * factor
        print("in made", k, total)
    return total


class Made:
    level = 3

    def grow(self):
        self.level += factor
        return self.level


for i in range(2):
    print("in exec", i, factor)
'''
namespace = {"factor": 2}
exec(source, namespace)
made, Made = namespace["made"], namespace["Made"]
thing = Made()
code = compile("thing.level * 10 + offset", "<expression>", "eval")
for n in range(1, 4):
    namespace["factor"] = n
    print(made(n), thing.grow(), eval(code, {"thing": thing, "offset": n}))
    exec(f"dynamic_{n} = {n} ** 2; print('set', dynamic_{n})")
    print(sorted(name for name in globals() if name.startswith("dynamic_")))
    print(eval("[n * k for k in range(3)]", {"n": n}), made.__name__, type(thing) is Made)
