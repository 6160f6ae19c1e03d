"""utf-8 with multi-byte characters, utf-16, latin-1, CRLF newlines: a position in characters is not one in bytes."""

rows = [f"{n} naïve – 漢字 🎉 {'é' * (n % 5)}" for n in range(60)]
settings = {
    "utf8.txt": dict(encoding="utf-8"),
    "utf16.txt": dict(encoding="utf-16"),
    "sig.txt": dict(encoding="utf-8-sig"),
    "crlf.txt": dict(encoding="utf-8", newline="\r\n"),
    "latin.txt": dict(encoding="latin-1", errors="replace"),
}
for name, how in settings.items():
    with open(name, "w", **how) as out:
        for row in rows:
            out.write(row + "\n")
    print(name, "written")

handles = {name: open(name, **{**how, "newline": None}) for name, how in settings.items()}
for n in range(12):
    for name, handle in handles.items():
        line = next(handle) if n % 2 else handle.readline()
        print(n, name, ascii(line), handle.newlines.__repr__())
raw = open("crlf.txt", newline="")
for n, line in enumerate(raw):
    if n % 20 == 0:
        print(ascii(line))
for name, handle in handles.items():
    print(name, len(handle.read()), handle.read(1) == "")
    handle.close()
raw.close()
