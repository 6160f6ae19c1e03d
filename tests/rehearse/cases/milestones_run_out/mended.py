import numpy as np
import torch
import torch.nn as nn

EPOCHS = 600
STEPS = 400
MILESTONES = [150, 300, 450]
DECAY = 0.2

torch.manual_seed(0)
np.random.seed(0)

features = np.random.randn(20000, 30).astype('float32')
targets = np.tanh(features @ np.random.randn(30, 3).astype('float32'))
model = nn.Sequential(nn.Linear(30, 128), nn.ELU(), nn.Linear(128, 128), nn.ELU(), nn.Linear(128, 3))
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

lr = 0.05
stage = 0
curve = np.zeros(EPOCHS)
for epoch in range(EPOCHS):
    if stage < len(MILESTONES) and epoch == MILESTONES[stage]:
        stage += 1
        lr *= DECAY
        for g in opt.param_groups:
            g['lr'] = lr
        print('learning rate is now %g' % lr)

    for step in range(STEPS):
        pick = np.random.randint(0, len(features), 48)
        x = torch.from_numpy(features[pick])
        y = torch.from_numpy(targets[pick])
        opt.zero_grad()
        loss = nn.functional.smooth_l1_loss(model(x), y)
        loss.backward()
        opt.step()
        curve[epoch] += loss.item() / STEPS
    print('epoch %d loss %.5f' % (epoch, curve[epoch]))

np.save('curve.npy', curve)
