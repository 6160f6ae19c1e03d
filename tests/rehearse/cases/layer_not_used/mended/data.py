import torch


def make_batch(n, size=20):
    """Pictures with a square, a bar that lies, or one that stands."""
    images = 0.1 * torch.randn(n, 1, size, size)
    classes = torch.randint(0, 3, (n,))
    boxes = torch.zeros(n, 4)
    for i, kind in enumerate(classes.tolist()):
        w, h = ((6, 6), (9, 3), (3, 9))[kind]
        left = int(torch.randint(0, size - w, ()))
        top = int(torch.randint(0, size - h, ()))
        images[i, 0, top:top + h, left:left + w] += 1
        boxes[i] = torch.tensor([left, top, left + w, top + h]) / size
    return images, classes, boxes
