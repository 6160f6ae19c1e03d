"""Generators still suspended when the program ends or when their last name goes: finally runs then, once."""


def watched(name, log):
    try:
        for k in range(10):
            yield k
    finally:
        log.append(name)
        print("finally of", name)


def main():
    log = []
    first = watched("first", log)
    held = {"second": watched("second", log)}
    for n in range(4):
        print(next(first), held["second"] and next(held["second"]), log)
        for k in watched(f"loop{n}", log):
            print("k", k)
            if k == n:
                break
        if n == 2:
            held["second"] = None
            print("dropped", log)
    first.close()
    print("closed", log)


main()
at_exit = watched("at exit", [])
for n in range(3):
    print(next(at_exit))
