"""ignite's engines with handlers, a checkpoint and an evaluator."""

import sys

import torch
from ignite.engine import Engine, Events, create_supervised_evaluator
from ignite.handlers import Checkpoint, DiskSaver
from ignite.metrics import Accuracy, Loss
from torch.utils.data import DataLoader, TensorDataset


def main():
    torch.manual_seed(7)
    x = torch.randn(5002, 6)
    data = TensorDataset(x, (x.sum(1) > 0).long())
    train, test = torch.utils.data.random_split(data, [4002, 1000])
    train, test = DataLoader(train, 4, shuffle=True), DataLoader(test, 6)
    model = torch.nn.Sequential(torch.nn.Linear(6, 64), torch.nn.ReLU(), torch.nn.Linear(64, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    criterion = torch.nn.CrossEntropyLoss()

    def step(engine, batch):
        model.train()
        inputs, labels = batch
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    trainer = Engine(step)
    evaluator = create_supervised_evaluator(
        model, {"accuracy": Accuracy(), "loss": Loss(criterion)}
    )
    saver = Checkpoint(
        {"model": model, "optimizer": optimizer, "trainer": trainer},
        DiskSaver("checkpoints", create_dir=True),
        n_saved=2,
        global_step_transform=lambda *_: trainer.state.epoch,
    )
    trainer.add_event_handler(Events.EPOCH_COMPLETED, saver)

    @trainer.on(Events.ITERATION_COMPLETED(every=500))
    def tell(engine):
        print("iteration", engine.state.epoch, engine.state.iteration)

    @trainer.on(Events.ITERATION_COMPLETED)
    def late(engine):
        if engine.state.iteration == 1700:
            pass  # in step
        if engine.state.iteration % 1001 == 0:
            print("last batch", len(engine.state.batch[0]))

    @evaluator.on(Events.ITERATION_COMPLETED)
    def evaluated(engine):
        pass  # in validation

    @trainer.on(Events.EPOCH_COMPLETED)
    def evaluate(engine):
        evaluator.run(test)
        print("evaluated", engine.state.epoch, sorted(evaluator.state.metrics))

    trainer.run(train, max_epochs=int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    print("trained", trainer.state.epoch, trainer.state.iteration)
    torch.save(model.state_dict(), "final.pt")
    print("saved", evaluator.run(test).metrics.keys())


if __name__ == "__main__":
    main()
