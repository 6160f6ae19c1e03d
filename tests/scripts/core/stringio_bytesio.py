"""io.StringIO and BytesIO at a position, partly read, with views and wrappers over them."""

import io

text = io.StringIO("one\ntwo\nthree\nfour\nfive\n")
data = io.BytesIO(bytes(range(200)))
alias = data
wrapped = io.TextIOWrapper(io.BytesIO(b"a\r\nb\r\nc\r\nd\r\ne\r\nf\r\n"), encoding="ascii")
out = io.StringIO(newline="\n")
for n, line in enumerate(text):
    print(n, repr(line), text.tell(), data.read(n + 1), alias.tell())
    print(wrapped.readline().strip(), out.write(f"{n}\n"), out.tell())
    if n == 2:
        data.seek(-3, 2)
        out.seek(1)
        text.seek(text.tell() - 5)
        print("moved", alias.read(1), data.tell() == alias.tell())
    if n == 4:
        break
print(repr(out.getvalue()), data.getvalue()[:3], text.read(), data.closed)
data.close()
print(alias.closed)
