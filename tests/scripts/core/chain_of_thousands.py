"""A linked list of thousands of objects, which pickle can't go down; savepoints wait until it is gone."""


class Node:
    def __init__(self, before):
        self.before = before


def length(node):
    count = 0
    while node is not None:
        node = node.before
        count += 1
    return count


for turn in range(3):
    last = None
    for n in range(4000):
        last = Node(last)
    print(turn, length(last))
    while last is not None:
        last = last.before
    print("gone", turn)
