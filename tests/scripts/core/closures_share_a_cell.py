"""Two closures over one variable: after a resume they must still share it, with the frame too."""


def account(balance):
    history = []

    def deposit(n):
        nonlocal balance
        balance += n
        history.append(n)
        print("deposit", n, balance)

    def withdraw(n):
        nonlocal balance
        balance -= n
        history.append(-n)
        print("withdraw", n, balance)

    for k in range(3):
        deposit(10 * k)
        balance += 1
        withdraw(k)
        print("own view", balance, history)
    return deposit, withdraw, lambda: (balance, history)


first = account(100)
second = account(1000)
for deposit, withdraw, look in (first, second, first):
    deposit(5)
    print(look())
    withdraw(7)
    print(look(), look()[1] is look()[1])
print(first[0].__closure__[0] is first[1].__closure__[0], first[0].__closure__[0] is second[0].__closure__[0])
