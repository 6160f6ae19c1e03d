"""Several statements on one line, and compound statements on one line: a line is not a position."""

a = 1; b = 2; print(a, b); a += b; print(a, b)
for i in range(4): a += i; print(i, a); b = a - i
while a > 5: a -= 2; print("down", a)
if a: print("if"); b += 1; print("b", b)
else: print("else"); b = 0
def f(x): x += 1; print("f", x); return x
class P: x = f(1); y = f(x); print("class body", x, y)
try: print(f(f(f(0)))); raise ValueError("one line")
except ValueError as e: print("caught", e); c = str(e); print(c)
finally: print("finally"); d = 4
with open("one.txt", "w") as h: h.write("a"); print(h.tell()); h.write("bc"); print(h.tell())
print(open("one.txt").read()) if d else None; print(a, b, c, d)
for i in range(3): print(i); print(f(i), f(i + 1)); print("end", i)
