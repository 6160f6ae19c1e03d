"""Cycles: self-containing list and dict, tuples in cycles, parents and children, an object that is its own class attribute."""


class Node:
    def __init__(self, name, parent=None):
        self.name = name
        self.parent = parent
        self.children = []
        self.me = self
        if parent:
            parent.children.append(self)

    root = None


items = [1, 2]
items.append(items)
table = {"self": None}
table["self"] = table
pair = ([],)
pair[0].append(pair)
Node.root = Node("root")
left, right = Node("left", Node.root), Node("right", Node.root)
left.sibling, right.sibling = right, left
frozen = frozenset([("k", left)])
left.inside = frozen
for n in range(4):
    items.insert(0, n)
    print(items, items[-1] is items, items[-1][-1][0])
    table[n] = [table]
    print(table["self"] is table, table[n][0] is table, len(table))
    pair[0].append(n)
    print(pair[0][0] is pair, len(pair[0][0][0]))
    child = Node(f"c{n}", left if n % 2 else right)
    print(child.parent.parent is Node.root, [c.name for c in child.parent.children], child.me is child)
    print(left.sibling.sibling is left, next(iter(left.inside))[1] is left, Node.root.root is Node.root)
