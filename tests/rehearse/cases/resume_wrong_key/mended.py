import argparse
import torch
from torch import nn


def get_args():
    parser = argparse.ArgumentParser()
    parser.add_argument('--steps', type=int, default=200000)
    parser.add_argument('--save-every', type=int, default=10000)
    parser.add_argument('--ckpt', type=str, default='checkpoint.pth')
    parser.add_argument('--resume', action='store_true', help='go on from --ckpt')
    return parser.parse_args()


def main():
    args = get_args()
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(30, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 30))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    start = 0

    if args.resume:
        checkpoint = torch.load(args.ckpt)
        model.load_state_dict(checkpoint['model_state_dict'])
        optimizer.load_state_dict(checkpoint['optimizer_state_dict'])
        torch.set_rng_state(checkpoint['rng_state'])
        start = checkpoint['step']
        print('resumed from step', start)

    for step in range(start, args.steps):
        clean = torch.randn(32, 30).cumsum(1) / 30 ** 0.5
        noisy = clean + 0.3 * torch.randn_like(clean)
        loss = (model(noisy) - clean).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            print('step', step, 'loss', loss.item())
        if (step + 1) % args.save_every == 0:
            torch.save({
                'step': step + 1,
                'model_state_dict': model.state_dict(),
                'optimizer_state_dict': optimizer.state_dict(),
                'rng_state': torch.get_rng_state(),
            }, args.ckpt)


if __name__ == '__main__':
    main()
