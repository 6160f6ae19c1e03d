"""while/else with a call in the test: the test must not run twice at a resume, the else must still run."""

calls = 0


def more(limit):
    global calls
    calls += 1
    print("test", calls)
    return calls < limit


total = 0
while more(6):
    total += calls
    print("body", total)
    inner = 3
    while inner:
        inner -= 1
        if inner == 1 and calls == 4:
            print("inner break")
            break
        print("inner", inner)
    else:
        print("inner else")
else:
    print("outer else", total)
print(calls, total)
