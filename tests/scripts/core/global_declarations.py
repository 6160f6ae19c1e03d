"""`global` in functions, classes and nested functions: the same module variable, never a copy."""

counter = 0
names = []


def bump():
    global counter
    counter += 1
    print("bump", counter)

    def inner():
        global counter, fresh
        counter += 10
        fresh = [counter]
        names.append(counter)
        print("inner", counter)

    inner()
    counter += 100
    print("after inner", counter)


class Holder:
    global in_class
    in_class = "set from a class body"
    counter = counter + 1
    print("class", counter)


for i in range(3):
    bump()
    print(counter, Holder.counter, fresh, names, fresh[0] == names[-1])
    counter -= i
print(in_class, counter)
