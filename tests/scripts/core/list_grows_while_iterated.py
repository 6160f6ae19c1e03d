"""A list iterator is an index into a live list: the list grows and shrinks under the loop."""

work = [1, 2, 3]
for item in work:
    print("item", item, len(work))
    if item < 12:
        work.append(item * 3)
    if item == 2 and work[0]:
        work.insert(0, 0)
print(work)


def remove_while(items):
    other = iter(items)
    for item in items:
        print("look at", item, next(other))
        if item % 2 == 0:
            items.remove(item)
            print("removed", items)
    return items


print(remove_while([1, 2, 4, 5, 6, 8, 9]))
done = iter(work)
list(done)
work.append("too late")
print(next(done, "stays over"))
rows = [[1], [2]]
for row in rows:
    for cell in row:
        print("cell", cell)
        if cell < 4:
            row.append(cell + 1)
            rows.append([cell + 10]) if cell == 1 else None
