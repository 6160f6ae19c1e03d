"""match: a point inside a case body must keep the captures and not match the subject again."""

from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


asked = 0


def subject(command):
    global asked
    asked += 1
    print("subject", asked)
    return command


def run(command):
    match subject(command):
        case []:
            print("nothing")
            return 0
        case ["go", direction] | ["walk", direction]:
            steps = 0
            for letter in direction:
                steps += ord(letter)
                print("go", letter, steps)
            return steps
        case ["sum", *numbers] if len(numbers) < 4:
            total = 0
            for number in numbers:
                total += number
                print("sum", number, total)
            return total
        case {"x": x, **rest}:
            for key, value in rest.items():
                print("mapping", x, key, value)
            return x
        case Point(x=0, y=y):
            print("axis", y)
            return y
        case Point() as p:
            p.x += 1
            print("point", p)
            return p.x
        case str(text):
            print("text", text)
            return len(text)
        case _:
            print("other", command)
            return -1


results = []
for command in ([], ["go", "north"], ["walk", "up"], ["sum", 1, 2, 3], ["sum", 1, 2, 3, 4],
                {"x": 5, "a": 1, "b": 2}, Point(0, 7), Point(2, 3), "hello", 12.5):
    results.append(run(command))
    print(results)
print(asked)
