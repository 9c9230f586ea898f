"""One batch that learns: step by step as the lesson's five lines do it."""

from mnist_lab.widgets.one_batch import learn_one_batch, watch_one_batch

import pytest
import torch
from torch.nn import functional as F
from widget_inputs import digits, small_model


def test_one_batch_learns_as_the_five_lines_do():
    model, images, labels = small_model(), digits()[:, None], torch.tensor([3, 1, 4, 1])
    start = {name: value.clone() for name, value in model.state_dict().items()}
    steps = learn_one_batch(model, images, labels, 3, 0.01, torch.optim.SGD)
    assert all(torch.equal(model.state_dict()[name], value) for name, value in start.items())
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=0.01), []
    for _ in range(4):
        loss = F.cross_entropy(model(images), labels)
        losses.append(loss.item())
        moved_by = (model[4].weight - start["4.weight"]).norm() / start["4.weight"].norm()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert steps.losses == pytest.approx(losses)
    assert steps.changes["4"][-1] == pytest.approx(moved_by.item(), rel=1e-4)
    assert steps.changes["0"][0] == 0
    assert [logits.shape for logits in steps.logits] == [(4, 10)] * 4


def test_a_batch_needs_a_step_and_a_rate_that_stays_finite():
    images, labels = digits()[:, None], torch.tensor([3, 1, 4, 1])
    with pytest.raises(ValueError, match="num_steps is a whole number from 1 up, but got 0"):
        watch_one_batch(small_model(), images, labels, num_steps=0)
    with pytest.raises(ValueError, match="lower learning rate"):
        watch_one_batch(
            small_model(), images * 1e30, labels, make_optimizer=torch.optim.SGD, learning_rate=1e9
        )
