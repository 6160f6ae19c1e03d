"""Unbound and deleted locals and globals: a name that has no value must have none after a resume."""


def maybe(n):
    if n % 2:
        value = n
    print("called", n)
    try:
        print("value", value)
    except UnboundLocalError:
        print("unbound")
    try:
        del value
        print("deleted")
    except UnboundLocalError:
        print("nothing to delete")
    print("value" in locals(), "n" in locals())
    for value in range(n):
        pass
    print(locals().get("value", "still unbound"))


for n in range(4):
    maybe(n)
    temp = n
    print("temp" in globals())
    del temp
    print("temp" in globals())

try:
    raise KeyError("k")
except KeyError as error:
    print("error" in globals())
print("error" in globals())


def shadow():
    print([].__class__.__name__, len("abc"))
    for len_ in range(2):
        global made_later
        made_later = len_
        print("made", made_later)
    del made_later
    print("made_later" in globals())


shadow()
shadow()
