"""prepare_qat: stubs, observers and fake quantisation in training, then converted to quantised weights."""

import copy
import warnings

import torch
from torch import nn
from torch.ao import quantization as q

warnings.simplefilter("ignore")
torch.set_num_threads(1)
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.quant, self.dequant = q.QuantStub(), q.DeQuantStub()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))

    def forward(self, x):
        return self.dequant(self.layers(self.quant(x)))


model = Net().train()
model.qconfig = q.get_default_qat_qconfig("x86")
q.fuse_modules_qat(model, [["layers.0", "layers.1"]], inplace=True)
q.prepare_qat(model, inplace=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for step in range(6):
    x = torch.randn(8, 4)
    loss = (model(x) - x[:, :1]).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    observer = model.quant.activation_post_process
    print(step, loss.item(), observer.scale.item(), observer.zero_point.item())
    if step == 3:
        model.apply(q.disable_observer)
print(type(model.layers[0]).__name__, type(model.layers[0].weight_fake_quant).__name__)
torch.backends.quantized.engine = "x86"
final = q.convert(copy.deepcopy(model).eval())
for k in range(3):
    print(k, type(final.layers[0]).__name__, final(torch.ones(2, 4) * k).tolist())
print(final.layers[0].weight().dtype, final.layers[0].weight().qscheme())
