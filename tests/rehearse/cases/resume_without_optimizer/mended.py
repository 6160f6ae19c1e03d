import argparse
import os
import torch
import torch.nn as nn

parser = argparse.ArgumentParser()
parser.add_argument('--epochs', default=400, type=int)
parser.add_argument('--batch-size', default=32, type=int)
parser.add_argument('--lr', default=1e-3, type=float)
parser.add_argument('--resume', default='', type=str, metavar='PATH')


def make_batch(weight, n):
    x = torch.randn(n, 22)
    return x, torch.sin(x @ weight)


def main():
    args = parser.parse_args()
    torch.manual_seed(0)
    weight = torch.randn(22, 2) / 4
    model = nn.Sequential(nn.Linear(22, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    start_epoch = 0

    if args.resume:
        if not os.path.isfile(args.resume):
            raise SystemExit("no checkpoint at '{}'".format(args.resume))
        checkpoint = torch.load(args.resume)
        start_epoch = checkpoint['epoch']
        weight = checkpoint['weight']
        model.load_state_dict(checkpoint['state_dict'])
        optimizer.load_state_dict(checkpoint['optimizer'])
        torch.set_rng_state(checkpoint['rng_state'])
        print("resumed '{}' (epoch {})".format(args.resume, start_epoch))

    for epoch in range(start_epoch, args.epochs):
        train(model, optimizer, weight, epoch, args)
        torch.save({
            'epoch': epoch + 1,
            'weight': weight,
            'state_dict': model.state_dict(),
            'optimizer': optimizer.state_dict(),
            'rng_state': torch.get_rng_state(),
        }, 'checkpoint.pth.tar')


def train(model, optimizer, weight, epoch, args):
    losses = 0.0
    for i in range(400):
        x, y = make_batch(weight, args.batch_size)
        loss = (model(x) - y).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses += loss.item()
    print('Epoch: [{}]\tLoss {:.5f}'.format(epoch, losses / 400))


if __name__ == '__main__':
    main()
