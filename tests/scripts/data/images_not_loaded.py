"""Images that have been opened and not yet loaded; frames of an animation."""

from PIL import Image

for n in range(6):
    Image.new("RGB", (16, 16), (n * 30, 0, n)).save(f"{n}.png")
frames = [Image.new("P", (8, 8), n * 20) for n in range(6)]
for n, frame in enumerate(frames):
    frame.putpixel((n, n), 255)
frames[0].save("a.gif", save_all=True, append_images=frames[1:])
del frames, frame
images = [Image.open(f"{n}.png") for n in range(6)]
animation = Image.open("a.gif")
grey = Image.new("L", (4, 4), 3)
for n, image in enumerate(images):
    animation.seek(n)
    print(n, image.size, image.format, image.filename, image.getpixel((3, 3)), grey.tobytes()[:2])
    print(animation.tell(), animation.n_frames, animation.convert("RGB").getpixel((n, n)))
    print(type(images[5]).__name__, images[5].filename, images[5].info, animation.format)
    grey = grey.point(lambda value: value + 1)
print([image.mode for image in images])
del images, image, animation, grey
