"""Non-ASCII identifiers (normalised: ﬁ is fi), tabs as indentation, form feeds, columns after wide characters."""

class Größe:
	π = 3

	def __init__(self, größe):
		self.größe = größe

	def wächst(self, um):
		for κ in range(um):
			self.größe += κ; print("é漢🎉".encode("ascii", "replace"), κ, self.größe)
			if κ == 1:
				self.größe *= 2; print("doppelt", self.größe)
		return self.größe


def ﬁeld(n):
	print("field", n)
	return n


g = Größe(1)
for n in range(3):
	print("漢字", ascii("漢字"), g.wächst(ﬁeld(n)) + g.wächst(field(n + 1)), "🎉" * field(1) + f"é{g.π}{field(2)}")
	ñ = {"ключ": field(n), "🎉": g.größe}; print(ascii(ñ), len("🎉é"), "fi" in dir() or "field" in globals())

print(g.größe)
