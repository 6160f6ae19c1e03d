"""The work happens at the top level and in functions of imported modules: main's frame is only at an import."""

print("before the import")
import prepare

print("after the import", prepare.total, prepare.table)
for n in range(3):
    for item in prepare.stream(n):
        print("item", item)
    import again  # runs once, whatever the number of turns

    print(again.count, again.values)
