"""No newline at the end of the file, a loop as the last statement, a backslash, a lone semicolon, Windows-1252-free."""

if True:
    x = 0;
    pass; pass
for n in range(8):
    x += \
        n
    print("turn", n,
x)
    if n % 2: continue
    print("even", x); [print("part", k) for k in range(2)]; x += 1