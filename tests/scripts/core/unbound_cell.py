"""A cell that is still empty while functions over it exist already."""


def outer():
    def use():
        return later

    for attempt in range(4):
        try:
            print("use", use())
        except NameError as error:
            print(attempt, error)
        if attempt == 1:
            later = "bound now"
        if attempt == 2:
            del later
    later = [1]
    print(use() is later)
    return use


def recursive_local():
    def even(n):
        print("even", n)
        return n == 0 or odd(n - 1)

    print("odd is not bound yet")

    def odd(n):
        print("odd", n)
        return n != 0 and even(n - 1)

    return even(3), odd(3)


for _ in range(2):
    print(outer()())
    print(recursive_local())
