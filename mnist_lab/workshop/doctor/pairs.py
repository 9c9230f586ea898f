"""Which torch, torchvision and driver go together, and the commands that bring them together."""

import re

TORCH, OLDEST_TORCH = "2.13.0", "2.6.0"  # what is installed where there is none, and what is good enough
INDEX = "https://download.pytorch.org/whl"
FREE_TORCH, FREE_TORCHVISION = (2, 14), (0, 29, 2)  # this torchvision goes with this torch and all newer


def matching_torchvision(torch):
    """Return the version of torchvision made for a version of torch: 0.28.0 for 2.13.0; None for 1.x."""
    major, minor, patch = numbers(torch)
    if (major, minor) > FREE_TORCH:
        return ".".join(map(str, FREE_TORCHVISION))
    return f"0.{minor + 15}.{patch}" if major == 2 else None


def is_pair(torch, torchvision):
    """Return whether these versions go together; between two that do, the patch does not matter."""
    torch, torchvision = numbers(torch), numbers(torchvision)
    if torch[:2] > FREE_TORCH or torchvision >= FREE_TORCHVISION:
        return torch[:2] >= FREE_TORCH and torchvision >= FREE_TORCHVISION
    return torch[0] == 2 and torchvision[:2] == (0, torch[1] + 15)


def whether_tested(torch, tested):
    """Return in words whether the lessons were run on this version of torch; the patch does not matter."""
    if numbers(torch)[:2] in {numbers(version)[:2] for version in tested}:
        return "on which the lessons are tested"
    return f"on which nobody has tested the lessons; on {', '.join(tested)} they are"


def is_outdated(torch):
    return numbers(torch) < numbers(OLDEST_TORCH)


def numbers(version):
    """Return the first three numbers of a version; what is missing counts as 0."""
    parts = [int(number) for number in re.findall(r"\d+", version.partition("+")[0])]
    return tuple([*parts, 0, 0, 0][:3])


def pip_install(facts, *arguments):
    return " ".join([facts.python_command, "-m pip install", *arguments])


def _index(facts, build):
    """Return pip's option for the index of a build; macOS has one build, in the usual index."""
    return [] if facts.system == "Darwin" else [f"--index-url {INDEX}/{build}"]


def install_pair(facts, build):
    pair = [f"torch=={TORCH}", f"torchvision=={matching_torchvision(TORCH)}"]
    return pip_install(facts, "--force-reinstall", *pair, *_index(facts, build))


def install_torchvision(facts):
    """Return the command that fits torchvision to the torch that is here, a small download."""
    replaced = facts.torch is None or facts.torch_error or is_outdated(facts.torch)
    if replaced or wants_other_build(facts):
        return install_pair(facts, build_for_driver(facts))
    package = f"torchvision=={matching_torchvision(facts.torch)}"
    index = _index(facts, _build_of_torch(facts))
    return pip_install(facts, "--force-reinstall --no-deps", package, *index)


def _build_of_torch(facts):
    named = re.fullmatch(r"cpu|xpu|cu\d+|rocm[\d.]+", facts.torch.partition("+")[2])
    if named:
        return named[0]
    return f"cu{facts.torch_cuda.replace('.', '')}" if facts.torch_cuda else "cpu"


def build_for_driver(facts):
    """Return the build of torch that suits the driver: a driver runs every CUDA of its major."""
    major = numbers(facts.driver_cuda or "0")[0]
    if major >= 13:
        return "cu130"
    return "cu126" if major == 12 else "cpu"


def wants_other_build(facts):
    """Return whether the driver here could run a build of torch, but not the one installed."""
    if facts.device != "cpu" or facts.cuda_hidden or build_for_driver(facts) == "cpu":
        return False
    return facts.torch_cuda is None or is_too_old(facts)


def is_too_old(facts):
    """Return whether the driver cannot run the CUDA version that torch was built for."""
    if facts.driver_cuda is None or facts.torch_cuda is None:
        return False
    return numbers(facts.driver_cuda)[0] < numbers(facts.torch_cuda)[0]
