"""finally on the normal, exceptional, return, break and continue paths, each with work inside it."""

log = []


def note(*words):
    log.append(words)
    print(*words)


def path(kind):
    for turn in range(3):
        try:
            note("try", kind, turn)
            if kind == "return" and turn == 1:
                return "returned"
            if kind == "break" and turn == 1:
                break
            if kind == "continue":
                continue
            if kind == "raise" and turn == 1:
                raise ValueError(kind)
            note("end of try", turn)
        except KeyError:
            note("never")
        else:
            note("else", turn)
        finally:
            for step in range(2):
                note("finally", kind, turn, step)
            note("end of finally")
        note("after", turn)
    else:
        note("loop else")
        return "else"
    note("below the loop")
    return "fell through"


for kind in ("normal", "return", "break", "continue", "raise"):
    try:
        result = path(kind)
        note("result", result)
    except ValueError as error:
        note("outside", error)
print(len(log))
