"""groupby: the inner group and the outer iterator share one hidden position."""

import itertools

words = ["apple", "avocado", "bean", "beet", "corn", "chard", "apricot"]
groups = itertools.groupby(words, key=lambda w: w[0])
for letter, group in groups:
    print("letter", letter)
    for word in group:
        print("word", word)
        if word == "bean":
            print("leave the rest of the group")
            break


def runs(items):
    for value, run in itertools.groupby(items):
        length = sum(1 for _ in run)
        yield value, length


def main():
    for value, length in runs([1, 1, 2, 3, 3, 3, 1]):
        print(value, length)


main()
