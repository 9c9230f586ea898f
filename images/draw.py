"""Draw every file in images/ anew: `make images`. On one machine the same bytes come out each time."""

from pathlib import Path

from mnist_lab.anatomy import layer_outputs, trace_shapes
from mnist_lab.data import InMemoryLoader, as_tensors, load_digits
from mnist_lab.devices import seed_everything
from mnist_lab.lesson import recorded
from mnist_lab.models import SimpleCNN
from mnist_lab.plots.images import digit_grid
from mnist_lab.plots.network import architecture
from mnist_lab.plots.recipes import speed_and_error
from mnist_lab.training import train_one_epoch

import torch
from handout import handout
from house import house

HERE = Path(__file__).parent


def draw_architecture(digits):
    """SimpleCNN after one epoch, with what its layers make of the first training digit that is a 7."""
    seed_everything(0)
    model = SimpleCNN()
    loader = InMemoryLoader(digits.train, batch_size=32, shuffle=True)
    train_one_epoch(model, loader, torch.optim.Adam(model.parameters(), lr=0.001))
    image = loader.images[loader.labels == 7][:1]
    trace = trace_shapes(model, image.shape)
    return architecture(trace, image[0], values=layer_outputs(model, image))


def draw_digits(digits):
    """The first thirty training digits with their labels."""
    images, labels = as_tensors(digits.train)
    return digit_grid(images[:30], captions=labels[:30].tolist())


def draw_benchmark():
    """The stored recipes: seconds against error."""
    rows = recorded("benchmark")["recipes"]
    return speed_and_error({name: {**row, "stored": True} for name, row in rows.items()})


def save(figure, name):
    """Write a figure as PNG or PDF without the metadata that would differ from one run to the next."""
    changing = {".png": "Software", ".pdf": "CreationDate"}
    figure.savefig(HERE / name, dpi=150, metadata={changing[Path(name).suffix]: None})
    print(f"images/{name}: {(HERE / name).stat().st_size // 1000} KB")


def main():
    torch.set_num_threads(1)  # the order of a sum over threads would show in the last digit
    digits = load_digits()
    save(draw_architecture(digits), "architecture.png")
    save(draw_digits(digits), "digits.png")
    save(draw_benchmark(), "benchmark.png")
    save(handout(), "handout.pdf")
    save(house(), "house.png")


if __name__ == "__main__":
    main()
