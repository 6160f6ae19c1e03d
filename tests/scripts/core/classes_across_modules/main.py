"""Classes, enums, singletons and exceptions from one module, subclassed, caught and compared in another."""

import shapes
from shapes import DEFAULT, Kind, Shape, ShapeError, area_of


class Square(Shape):
    kind = Kind.FLAT

    def area(self):
        print("area of", self.size)
        return super().area() + self.size**2


made = [Square(1), Shape(2), DEFAULT]
for n in range(4):
    for shape in made:
        try:
            print(area_of(shape, n), shape.kind is Kind.FLAT, shape is DEFAULT, shapes.DEFAULT is DEFAULT)
        except ShapeError as error:
            print("error", error.shape is shape, error)
            shape.size -= 10
    made[n % 3].size += n * 3
    print(shapes.seen == len(shapes.log), len(shapes.log))
