import os
import glob
import torch
import torch.nn as nn

work_dir = 'work'
ckpt_dir = os.path.join(work_dir, 'ckpt')
os.makedirs(ckpt_dir, exist_ok=True)
total_steps = 120000
save_interval = 1500
keep = 3

torch.manual_seed(42)
A = torch.randn(16, 16) * 0.3


class Dynamics(nn.Module):
    def __init__(self):
        super(Dynamics, self).__init__()
        self.f = nn.Sequential(nn.Linear(16, 200), nn.Softplus(), nn.Linear(200, 200), nn.Softplus(),
                               nn.Linear(200, 16))

    def forward(self, x, n=4, h=0.25):
        for _ in range(n):
            x = x + h * self.f(x)
        return x


model = Dynamics()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=total_steps)
step = 0
saved = sorted(os.path.basename(p) for p in glob.glob(os.path.join(ckpt_dir, 'step_*.pt')))
if saved:
    ckpt = torch.load(os.path.join(ckpt_dir, saved[-1]))
    model.load_state_dict(ckpt['model'])
    optimizer.load_state_dict(ckpt['optimizer'])
    scheduler.load_state_dict(ckpt['scheduler'])
    torch.set_rng_state(ckpt['rng'])
    A = ckpt['A']
    step = ckpt['step']
    print('resuming from step', step)

while step < total_steps:
    x = torch.randn(32, 16)
    target = torch.tanh(x @ A)
    loss = ((model(x) - target) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    step += 1
    if step % 100 == 0:
        print('step %d loss %.6f' % (step, loss.item()))

    if step % save_interval == 0:
        name = 'step_%07d.pt' % step
        torch.save({'model': model.state_dict(), 'optimizer': optimizer.state_dict(),
                    'scheduler': scheduler.state_dict(), 'rng': torch.get_rng_state(),
                    'A': A, 'step': step}, os.path.join(ckpt_dir, name))
        saved.append(name)
        if len(saved) > keep:
            os.remove(saved.pop(0))  # fault
