"""Lesson 00: wrong answers that nearly pass, and right ones of another kind."""

import numpy as np
import torch
from by_heart import by_heart


def rows_in_a_loop(images):
    print("rows of", len(images))
    return torch.stack([torch.stack([row.mean() for row in image]) for image in images])


def rows_of_squares(images):
    """Divide by the number of rows where it should be the number of columns."""
    return images.sum(dim=2) / images.shape[1]


def rows_of_known_width(images):
    return images.sum(dim=2) / {3: 3, 4: 4}.get(images.shape[2], 5)


def rows_in_place(images):
    images /= images.shape[2]
    return images.sum(dim=2)


def channels_in_a_loop(photo):
    return torch.stack([photo[..., channel] for channel in range(photo.shape[2])])


def channels_by_value(photo):
    """Number the values anew, as in the check."""
    height, width, channels = photo.shape
    return torch.arange(photo.numel()).reshape(height, width, channels).permute(2, 0, 1)


def channels_by_swaps(photo):
    return photo.swapaxes(0, 2).swapaxes(1, 2)


def mirrored_rows(photo):
    return photo.flip(0).permute(2, 0, 1)


def strip_by_rows(images):
    rows = [torch.cat([image[row] for image in images]) for row in range(images.shape[1])]
    return torch.stack(rows)


def strip_by_blocks(images):
    num_images, height, width = images.shape
    strip = torch.empty(height, num_images * width, dtype=images.dtype)
    for number, image in enumerate(images):
        strip[:, number * width : (number + 1) * width] = image
    return strip


def strip_backwards(images):
    return torch.cat(tuple(images.flip(0)), dim=1)


def strip_by_number(images):
    """Calculate the values from the places, as the check numbers them."""
    num_images, height, width = images.shape
    row, column = torch.arange(height)[:, None], torch.arange(num_images * width)
    return column // width * height * width + row * width + column % width


def accuracy_by_python(scores, labels):
    right = [
        row.index(max(row)) == label for row, label in zip(scores.tolist(), labels.tolist(), strict=True)
    ]
    return sum(right) / len(right)


def accuracy_by_topk(scores, labels):
    return (scores.topk(1).indices.squeeze(1) == labels).double().mean().item()


def accuracy_by_rank(scores, labels):
    """Is no score larger than that of the label?"""
    own = scores.gather(1, labels[:, None])
    return float(((scores > own).sum(dim=1) == 0).sum()) / len(scores)


def accuracy_of_probabilities(scores, labels):
    return np.float64((torch.softmax(scores, dim=1).argmax(1) == labels).sum().item() / labels.shape[0])


def sure_ones(scores, labels):
    return ((scores.max(dim=1).values > 2) & (scores.argmax(dim=1) == labels)).float().mean().item()


def mean_over_ten(scores, labels):
    return (scores.argmax(dim=1) == labels).sum().item() / 10


def the_label_is_above_the_mean(scores, labels):
    return (scores.gather(1, labels[:, None])[:, 0] > scores.mean(dim=1)).float().mean().item()


def rounded(scores, labels):
    return round(accuracy_by_python(scores, labels), 1)


RIGHT = {
    "0.1": [[3, 20], torch.Size((3, 20)), np.array([3, 20]), torch.zeros(8, 28, 20)[2:5, 0].shape],
    "0.2": [
        rows_in_a_loop,
        lambda images: images.mean(-1),
        lambda images: images.double().mean(axis=2).float(),
        lambda images: torch.sum(images, 2) / images.size(2),
        lambda images: images @ torch.full((images.shape[2],), 1 / images.shape[2]),
        lambda images: torch.nn.functional.adaptive_avg_pool1d(images, 1)[..., 0],
    ],
    "0.3": [
        channels_in_a_loop,
        channels_by_swaps,
        lambda photo: photo.movedim(2, 0),
        lambda photo: torch.einsum("hwc->chw", photo),
        lambda photo: torch.from_numpy(np.moveaxis(photo.numpy(), 2, 0)),
        lambda photo: torch.stack(photo.unbind(-1)),
        lambda photo: photo.permute(-1, 0, 1).contiguous(),
    ],
    "0.4": [
        strip_by_rows,
        strip_by_blocks,
        lambda images: torch.cat(list(images), dim=1),
        lambda images: torch.hstack(tuple(images)),
        lambda images: images.permute(1, 0, 2).flatten(1),
        lambda images: images.swapaxes(0, 1).reshape(images.shape[1], -1),
    ],
    "0.5": [accuracy_by_python, accuracy_by_topk, accuracy_by_rank, accuracy_of_probabilities],
}
WRONG = {
    "0.1": ["3, 20", (3, 20, 1), (20, 3), 60, torch.zeros(3, 20)],
    "0.2": [
        by_heart("0.2"),
        rows_of_squares,
        rows_of_known_width,
        rows_in_place,
        lambda images: images.mean(dim=2).round(decimals=2),
        lambda images: images.median(dim=2).values,
        lambda images: images.amax(dim=2),
        lambda images: images[:, :, :3].mean(dim=2),
        lambda images: images.mean(dim=2).T,
        lambda images: images.mean(dim=2).tolist(),
        lambda images: images.mean(dim=1).reshape(images.shape[0], -1)[:, : images.shape[1]],
    ],
    "0.3": [
        by_heart("0.3"),
        channels_by_value,
        mirrored_rows,
        lambda photo: photo,
        lambda photo: photo.T,
        lambda photo: photo[..., :2].permute(2, 0, 1),
        lambda photo: photo.flip(2).permute(2, 0, 1),
        lambda photo: photo.permute(2, 0, 1)[None],
        lambda photo: photo.float().permute(2, 0, 1),
        lambda photo: photo.permute(2, 0, 1).tolist(),
        lambda photo: photo.reshape(3, photo.shape[0], photo.shape[1]),
    ],
    "0.4": [
        by_heart("0.4"),
        strip_backwards,
        strip_by_number,
        lambda images: torch.cat(list(images)),
        lambda images: images.reshape(images.shape[1], -1),
        lambda images: images.permute(2, 1, 0).reshape(images.shape[1], -1),
        lambda images: images.permute(1, 0, 2),
        lambda images: torch.cat([images[0], images[1]], dim=1),
        lambda images: torch.cat(list(images[:4]), dim=1),
        lambda images: torch.cat(list(images), dim=1).tolist(),
        lambda images: torch.cat([image.flip(1) for image in images], dim=1),
    ],
    "0.5": [
        by_heart("0.5"),
        sure_ones,
        mean_over_ten,
        the_label_is_above_the_mean,
        rounded,
        lambda scores, labels: 0.75,
        lambda scores, labels: (scores.argmax(dim=1) == labels).float().mean(),
        lambda scores, labels: f"{accuracy_by_python(scores, labels):.2f}",
        lambda scores, labels: (scores.round().argmax(dim=1) == labels).float().mean().item(),
        lambda scores, labels: (scores[:, :3].argmax(dim=1) == labels).float().mean().item(),
        lambda scores, labels: (scores.abs().argmax(dim=1) == labels).float().mean().item(),
        lambda scores, labels: (scores.argmax(dim=1) - labels).clamp(max=1).float().mean().item(),
    ],
}
