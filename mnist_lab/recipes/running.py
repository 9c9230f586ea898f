"""One run of a recipe: trained, timed, scored once."""

import time
from functools import partial
from itertools import islice

from mnist_lab.bars import tqdm
from mnist_lab.data import InMemoryLoader, make_loader
from mnist_lab.data._files import digest_of_digits, known_name
from mnist_lab.data.augment import random_warp
from mnist_lab.devices import cpu_has, describe, hardware_name, pick_device, seed_everything, synchronize
from mnist_lab.ranges import check_number
from mnist_lab.recipes import parallel
from mnist_lab.recipes.layers import build, whiten
from mnist_lab.recipes.schedules import make_schedule
from mnist_lab.recipes.scoring import score_network, scores
from mnist_lab.recipes.splits import choose_splits
from mnist_lab.training import again_and_again, check_finite

import torch
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torchvision.transforms import v2

FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
LOOK_EVERY = 20  # steps between two looks at the loss, each of which waits for the device
WARM_UP_STEPS = 3


def train_recipe(recipe, *, seed=0, digits=None, root=None, device="auto", tune=False, show=True):
    """Train once and return the run as plain numbers.

    Learns from training and validation digits, then scores the test set, once. With tune, learns from
    the training digits and scores the validation digits; no test digit is looked at. The clock runs from
    the network's first weights to its last step, after a warm-up that cannot help; scoring counts only
    where the recipe averages over shifted images. show is for the bar. Raises NotFiniteLoss.

    Inside parallel.join_processes the processes share each batch, and the first one scores for all. Then a
    process whose loss is not finite raises NotFiniteLoss, and the others that or LostProcess.
    """
    device, digits = pick_device(device), known_name(digits or recipe.digits)
    parallel.check_batch_size(recipe.batch_size)
    transform = transforms_of(check_words(recipe))
    learn, score_on, test_digits = choose_splits(digits, root=root, transform=transform, tune=tune)
    loader = train_loader(recipe, learn, seed, device)
    steps = count_steps(recipe, len(learn), loader)
    run = partial(train, recipe, device=device, precision=usable_precision(recipe.precision, device))
    run(random_batches(recipe, device), steps=WARM_UP_STEPS)
    seed_everything(seed)
    network, seconds = timed(lambda: run(loader, steps=steps, show=show), device)
    score, more = timed(lambda: score_network(recipe, network, score_on, device), device)
    return {
        "seed": seed,
        "seconds": seconds + (more if recipe.shifts else 0),
        "steps": steps,
        "images_seen": images_seen(recipe, len(learn), loader, steps),
        "digits": digits,
        "data": digest_of_digits(digits, root),
        "train_on": len(learn),
        "precision": run.keywords["precision"],
        **place(device),
        "parameters": sum(weights.numel() for weights in network.parameters()),
        **scores(score, len(score_on), None if tune else test_digits),
    }


def check_words(recipe):
    """Return the recipe, or raise ValueError for a word in it that nothing looks for."""
    known = {
        "loader": ([recipe.loader], ("memory", "transforms")),
        "memory_format": ([recipe.memory_format], FORMATS),
        "averaging": (recipe.averaging or (), ("decay", "start", "every", "buffers")),
    }
    for name, (given, words) in known.items():
        if not set(given) <= set(words):
            raise ValueError(f"The words for {name} are {', '.join(words)}, but got {', '.join(given)}.")
    return recipe


def place(device):
    """Return where a run takes place: the software, the hardware and the number of processes."""
    return {
        "device": describe(device),
        "hardware": hardware_name(device),
        "processes": parallel.num_processes(),
    }


def timed(function, device):
    """Return what function() returns, and the seconds until the device has done it all."""
    synchronize(device)
    start = time.perf_counter()
    result = function()
    synchronize(device)
    return result, time.perf_counter() - start


def unwatched(step, network):
    """What is called after each step if nobody looks."""


def train(recipe, loader, *, steps, device, precision, show=False, watch=unwatched):
    """Return the network that so many steps of a recipe make from the batches of a loader.

    watch is called after each step, with the number of steps done and the network itself, not its average.
    """
    network = build(recipe.layers)
    if recipe.whiten:
        whiten(network, next(iter(loader))[0].cpu())  # a batch has patches enough
    network = network.to(device, memory_format=FORMATS[recipe.memory_format])
    loader, shared = parallel.share_batches(loader), parallel.share_steps(network)
    optimizer = make_optimizer(recipe, network)
    options = {"steps": steps, "epoch_steps": len(loader), **recipe.schedule_options}
    schedule = make_schedule(optimizer, recipe.schedule, **options)
    average = make_average(recipe, network)
    with tqdm(total=steps, unit="step", leave=False, disable=not show or parallel.rank() > 0) as bar:
        for step, (images, labels) in enumerate(islice(again_and_again(loader), steps)):
            images, labels = images.to(device), labels.to(device)
            if recipe.augmentation and step < recipe.augmented_share * steps:
                images = augmented(recipe, images)
            loss = take_step(shared, optimizer, images, labels, precision, recipe.label_smoothing)
            schedule.step()
            if average and is_due(recipe.averaging, step, steps):
                average.update_parameters(network)
            if (step + 1) % LOOK_EVERY == 0 or step + 1 == steps:
                check_finite(loss.item(), optimizer)
                bar.update(step + 1 - bar.n)
            watch(step + 1, network)
    return parallel.end_alike(average.module if average and average.n_averaged else network)


def take_step(network, optimizer, images, labels, precision, label_smoothing):
    """Forward, loss, backward, step; return the loss as a tensor, so that nothing has to wait."""
    # for one step only: autocast keeps the cast weights until its block ends
    with torch.autocast(images.device.type, torch.bfloat16, enabled=precision == "bfloat16"):
        logits = network(images)
    loss = F.cross_entropy(logits.float(), labels, label_smoothing=label_smoothing)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def make_optimizer(recipe, network):
    """Return the recipe's optimizer; biases and the weights of norms have no weight decay."""
    kind = getattr(torch.optim, recipe.optimizer, None)
    if not (isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer)):
        raise ValueError(
            f"There is no optimizer {recipe.optimizer!r} in torch.optim; AdamW is one that is there."
        )
    options = dict(recipe.options)
    decay = options.pop("weight_decay", 0.0)
    groups = [{"params": [], "weight_decay": decay}, {"params": [], "weight_decay": 0.0}]
    for weights in network.parameters():
        groups[weights.dim() < 2]["params"].append(weights)
    return kind(groups, lr=recipe.learning_rate, **options)


def make_average(recipe, network):
    """Return the moving average of the network that the recipe asks for, or None."""
    if not recipe.averaging:
        return None
    average = get_ema_multi_avg_fn(recipe.averaging["decay"])
    return AveragedModel(network, multi_avg_fn=average, use_buffers=recipe.averaging.get("buffers", False))


def is_due(averaging, step, steps):
    """Return whether the average takes in the weights after this step."""
    return step >= averaging.get("start", 0.0) * steps and step % averaging.get("every", 1) == 0


def augmented(recipe, images):
    """Return the batch, each image changed at random; what comes in from outside is black."""
    return random_warp(images, background=-recipe.mean / recipe.std, **recipe.augmentation)


def random_batches(recipe, device):
    """Return batches for a warm-up: noise, and labels that have nothing to do with it."""
    shape = (WARM_UP_STEPS, recipe.batch_size // parallel.num_processes())
    images = torch.randn(*shape, 1, 28, 28, device=device)
    return list(zip(images, torch.randint(10, shape, device=device), strict=True))


def transforms_of(recipe):
    """Return what a loader does to each image: nothing where the set lies in memory, ready."""
    if recipe.loader == "memory":
        return None
    steps = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize((recipe.mean,), (recipe.std,))]
    return v2.Compose(steps)


def train_loader(recipe, dataset, seed, device):
    """Return the shuffled loader of a recipe; one in memory is normalised here, before the clock starts."""
    if recipe.loader == "transforms":
        return make_loader(dataset, batch_size=recipe.batch_size, shuffle=True, seed=seed)
    options = {"batch_size": recipe.batch_size, "mean": recipe.mean, "std": recipe.std, "device": device}
    return InMemoryLoader(dataset, shuffle=True, seed=seed, **options)


def count_steps(recipe, number, loader):
    """Return the steps of a run; whole epochs from a loader with transforms end with their short batch."""
    if (recipe.steps is None) == (recipe.epochs is None):
        raise ValueError(
            f"A recipe says how long it trains with either steps or epochs, but got steps={recipe.steps} "
            f"and epochs={recipe.epochs}; set one of them to None."
        )
    if recipe.steps is not None:
        return check_number("steps", recipe.steps, 1, advice="56 are those of speedrun98")
    check_number("epochs", recipe.epochs, 0.001, advice="1 is once through the training digits")
    batches = len(loader) if recipe.loader == "transforms" else number / recipe.batch_size
    return max(1, round(recipe.epochs * batches))


def images_seen(recipe, number, loader, steps):
    """Return how many images so many steps took in, each epoch's last batch being the short one."""
    epochs, rest = divmod(steps, len(loader))
    return epochs * number + rest * recipe.batch_size


def usable_precision(wanted, device):
    """Return the precision wanted, or float32 where the hardware has no bfloat16 arithmetic."""
    if wanted not in ("float32", "bfloat16"):
        raise ValueError(f"precision is float32 or bfloat16, but got {wanted!r}.")
    return wanted if wanted == "float32" or has_bfloat16(device) else "float32"


def has_bfloat16(device):
    """Return whether the device computes in bfloat16 by itself: emulated, it is slower than float32."""
    if device.type == "cpu":
        return cpu_has("avx512_bf16", "amx_bf16", "bf16")
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return getattr(getattr(torch, device.type), "is_bf16_supported", lambda: False)()
