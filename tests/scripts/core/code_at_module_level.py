"""Everything at module level, no function at all: the loops' names are globals."""

print(__name__, __doc__[:10])
state = {"epoch": 0}
history = []
for epoch in range(3):
    state["epoch"] = epoch
    loss = 10.0
    for batch in range(3):
        loss = loss * 0.5 + epoch
        history.append(loss)
        print(epoch, batch, loss)
        if batch == 1 and epoch == 2:
            try:
                del batch
                print("batch" in globals())
                raise StopIteration
            except StopIteration as stop:
                print(repr(stop))
            break
    best = min(history)
    print("best", best)
print(state, len(history), epoch, loss)
