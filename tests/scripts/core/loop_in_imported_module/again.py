"""Imported in a loop: its body runs once."""

count = 0
values = []
while count < 3:
    count += 1
    values.append(count)
    print("again", values)
