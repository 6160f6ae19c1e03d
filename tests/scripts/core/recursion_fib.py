"""Naive Fibonacci: a deep stack of frames of one function, all in the middle of `f(a) + f(b)`."""

calls = 0


def fib(n):
    global calls
    calls += 1
    if n < 2:
        return n
    result = fib(n - 1) + fib(n - 2)
    print("fib", n, result, calls)
    return result


for n in (3, 7, 9):
    print(n, fib(n))
