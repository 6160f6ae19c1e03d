"""Mesh fitting with a loss on the face normals: a face of which two corners were merged has area
0, so its cross product is the zero vector and the unit normal is 0 / 0. Known from mesh losses on
scanned data; F.normalize with its eps cures it."""

import torch
from torch import nn

torch.manual_seed(12)
torch.set_num_threads(1)


def unit_normals(corners):
    edge_a = corners[:, 1] - corners[:, 0]
    edge_b = corners[:, 2] - corners[:, 0]
    normal = torch.linalg.cross(edge_a, edge_b)
    area = torch.linalg.vector_norm(normal, dim=1, keepdim=True)
    return normal / area  # BLAME division-by-zero forward


class Deform(nn.Module):
    def __init__(self, vertices):
        super().__init__()
        self.vertices = nn.Parameter(vertices.clone())

    def forward(self, faces):
        return unit_normals(self.vertices[faces])


vertices = torch.randn(60, 3)
faces = torch.stack([torch.randperm(60)[:3] for _ in range(240)])
faces[133, 1] = faces[133, 0]
model = Deform(vertices)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
up = torch.tensor([0.0, 0.0, 1.0])
for sweep in range(8):
    for chunk in faces.split(16):
        loss = (1 - model(chunk) @ up).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(sweep, loss.item())
