"""The settings of a convolution or pooling: in their ranges, and the same for both axes."""

from mnist_lab.ranges import check_number


def check_convolution(size, kernel_size, *, padding=0, stride=1, dilation=1):
    """Raise ValueError for settings that are out of range, or a kernel that does not fit."""
    counts = {"size": size, "kernel_size": kernel_size, "stride": stride, "dilation": dilation}
    for name, value in counts.items():
        check_number(name, value, 1, advice="it counts pixels along one axis")
    check_number("padding", padding, 0, advice="it counts pixels on each side")
    reach, padded_size = dilation * (kernel_size - 1) + 1, size + 2 * padding
    if reach > padded_size:
        raise ValueError(
            f"The kernel spans {reach} pixels, but the padded input has only {padded_size}; "
            "use a smaller kernel, less dilation, or more padding."
        )


def one_number(option):
    """The single number of a square option such as (3, 3) or 3."""
    numbers = {option} if isinstance(option, int) else set(option)
    if len(numbers) != 1 or not isinstance(number := numbers.pop(), int):
        raise ValueError(
            f"receptive_field expects one number for both axes, but a layer has {option!r}; "
            "look at the two axes of such a layer by hand."
        )
    return number
