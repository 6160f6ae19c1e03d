"""ignite's engines with handlers, metrics, a checkpoint and an evaluator."""

import torch
from ignite.engine import Engine, Events, create_supervised_evaluator
from ignite.handlers import Checkpoint, DiskSaver, EarlyStopping
from ignite.metrics import Accuracy, Loss, RunningAverage
from torch.utils.data import DataLoader, TensorDataset


def main():
    torch.manual_seed(7)
    x = torch.randn(48, 6)
    data = TensorDataset(x, (x.sum(1) > 0).long())
    train, test = torch.utils.data.random_split(data, [36, 12])
    train, test = DataLoader(train, 6, shuffle=True), DataLoader(test, 6)
    model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
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
    RunningAverage(output_transform=lambda loss: loss).attach(trainer, "average")
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
    stopper = EarlyStopping(3, lambda engine: engine.state.metrics["accuracy"], trainer)
    evaluator.add_event_handler(Events.COMPLETED, stopper)

    @trainer.on(Events.ITERATION_COMPLETED(every=2))
    def tell(engine):
        average = engine.state.metrics["average"]
        print(engine.state.epoch, engine.state.iteration, f"{engine.state.output:.6f} {average:.6f}")

    @trainer.on(Events.EPOCH_COMPLETED)
    def evaluate(engine):
        evaluator.run(test)
        found = {k: round(v, 6) for k, v in evaluator.state.metrics.items()}
        print("evaluated", engine.state.epoch, found)

    trainer.run(train, max_epochs=4)
    print(trainer.state.iteration, saver.last_checkpoint.name if saver.last_checkpoint else None)


if __name__ == "__main__":
    main()
