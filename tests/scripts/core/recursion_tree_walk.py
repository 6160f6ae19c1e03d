"""A walk in a tree that changes the tree, with a loop in each frame of the recursion."""


class Node:
    def __init__(self, name, *children):
        self.name = name
        self.children = list(children)
        self.parent = None
        self.visits = 0
        for child in children:
            child.parent = self


def walk(node, path=(), depth=0):
    node.visits += 1
    total = 1
    for index, child in enumerate(node.children):
        assert child.parent is node
        print("  " * depth, node.name, "->", child.name, path)
        total += walk(child, (*path, index), depth + 1)
        if child.name == "b" and child.visits == 2:
            node.children.append(Node("late"))
            node.children[-1].parent = node
    node.size = total
    print("  " * depth, node.name, "size", total, node.visits)
    return total


tree = Node("root", Node("a", Node("b"), Node("c", Node("d"))), Node("e", Node("f"), Node("g")))
for turn in range(3):
    print("turn", turn, walk(tree))
