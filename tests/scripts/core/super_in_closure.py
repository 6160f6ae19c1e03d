"""super() in a frame where self is captured by a nested function, or rebound after a loop."""


class Animal:
    def __init__(self, name):
        self.name = name

    def speak(self, times):
        for k in range(times):
            print(self.name, "makes a sound", k)
        return times


class Dog(Animal):
    def __init__(self, name):
        print("before super", name)
        super().__init__(name + "!")
        self.hooks = [lambda: self.name, lambda: self]

    def speak(self, times):
        done = []

        def count():
            done.append(self.name)
            return len(done)

        for k in range(times):
            result = super().speak(k)
            print("Dog", k, result, count())
        self = self.hooks[1]()
        return super().speak(1) + count()


dogs = [Dog("rex"), Dog("fido")]
for dog in dogs:
    print(dog.speak(3), dog.hooks[0](), dog.hooks[1]() is dog)
