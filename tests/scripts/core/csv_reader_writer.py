"""csv reader, DictReader and writer under way: C objects with hidden state over a file iterator."""

import csv
import io

with open("rows.csv", "w", newline="") as out:
    writer = csv.DictWriter(out, ["n", "text", "quoted"])
    writer.writeheader()
    for n in range(30):
        writer.writerow({"n": n, "text": "a,b" * (n % 3), "quoted": f'say "{n}"\nnew line'})
        print("row", n, out.tell())

with open("rows.csv", newline="") as source:
    reader = csv.reader(source)
    header = next(reader)
    for row in reader:
        if int(row[0]) % 5 == 0:
            print(reader.line_num, row)
with open("rows.csv", newline="") as source:
    total = 0
    for row in csv.DictReader(source):
        total += int(row["n"])
        if total % 7 == 0:
            print(row, total)

memory = io.StringIO()
out = csv.writer(memory, delimiter=";", quoting=csv.QUOTE_NONNUMERIC)
for n in range(4):
    out.writerow([n, "x" * n, None, 1.5])
    print(memory.getvalue().splitlines()[-1], memory.tell())
