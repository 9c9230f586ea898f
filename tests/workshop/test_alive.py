"""The alive pages: PyTorch's and Pillow's numbers; by mouse, touch and keys; from files and from http."""

import base64
import json
import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

from mnist_lab.data import as_tensors, load_digits
from mnist_lab.data.strokes import centre_by_mass
from mnist_lab.handwriting.reader import load_reader
from mnist_lab.widgets.drawing_examples import EXAMPLES
from mnist_lab.widgets.drawing_ink import as_digit
from mnist_lab.workshop.site import write_parts

import pytest
import torch
from alive_scripts import LEARN, LOGITS, SUMS
from PIL import Image
from torch import nn
from torch.nn import functional as F

ALIVE = Path(write_parts.__file__).with_name("alive")
DRAWINGS = Path(__file__).parents[1] / "shown" / "drawings.json"
MINUTE = 60_000  # milliseconds


def packed(images):
    return base64.b64encode(images.numpy().tobytes()).decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages, with what write_parts writes."""
    folder = tmp_path_factory.mktemp("site") / "alive"
    shutil.copytree(ALIVE, folder)
    write_parts.write_parts(folder)
    return folder


@pytest.fixture(scope="module")
def address(folder):
    """Where a server of this computer shows the pages."""
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    handler.log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        (pytest.fail if os.environ.get("MNIST_LAB_BROWSER") == "required" else pytest.skip)("No Chromium.")
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=program, args=options, timeout=2 * MINUTE)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, folder):
    """Opens a page; afterwards: no error, nothing from outside, nothing cut off at the side."""
    contexts, complaints, asked, pages = [], [], [], []

    def open_page(name, *, at=None, script="", **options):
        context = browser.new_context(**{"viewport": {"width": 1300, "height": 900}, **options})
        contexts.append(context)
        context.add_init_script(script)
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(3 * MINUTE)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{at or folder.as_uri()}/{name}")
        page.wait_for_function("document.querySelector('#answer').textContent")
        return page

    yield open_page
    wide = [page.evaluate("document.documentElement.scrollWidth > innerWidth") for page in pages]
    for context in contexts:
        context.close()
    assert not complaints and not any(wide)
    assert all(url.startswith((folder.as_uri(), "http://127.0.0.1:", "blob:", "data:")) for url in asked)


def test_the_stored_stages_are_the_reader():
    stages, reader = write_parts.reader_stages(load_reader()), load_reader()
    x = 2 * torch.rand(50, 1, 28, 28, generator=torch.Generator().manual_seed(0)) - 1
    with torch.no_grad():
        expected = reader(x)
        for stage in stages:
            if stage["kind"] == "pool":
                x = F.max_pool2d(x, stage["size"])
            else:
                kinds = (torch.frombuffer(bytearray(base64.b64decode(stage[key])), dtype=torch.float32)
                         for key in ("weight", "bias"))  # fmt: skip
                weight, bias = kinds
                shape = (stage["outputs"], x.shape[1], stage["size"], stage["size"])
                x = F.conv2d(x, weight.reshape(shape), bias, stride=stage.get("stride", 1))
            x = F.silu(x) if stage.get("activation") == "silu" else x
    assert torch.allclose(x.flatten(1), expected, atol=1e-4)


def test_a_reader_that_cannot_be_folded_is_refused():
    reader = load_reader()
    with torch.no_grad():
        reader[3].weight[4] = -0.5
    with pytest.raises(ValueError, match=r"above 0, but one is -0\.5; train the reader"):
        write_parts.reader_stages(reader)


def test_the_test_digits_stay_behind():
    stored = write_parts.stored_digits()
    assert {name: len(part["labels"]) for name, part in stored.items()} == {
        "train": 3500, "validation": 500,
    }  # fmt: skip


@pytest.mark.slow
def test_logits_are_pytorchs(opened):
    images, _ = as_tensors(load_digits().train)
    images = images[:1000]
    with torch.no_grad():
        expected = load_reader()(((images.float() / 255 - 0.5) / 0.5)[:, None])
    logits = torch.tensor(opened("draw.html").evaluate(LOGITS, packed(images)))
    assert (logits - expected).abs().max() < 1e-4


@pytest.mark.slow
def test_drawings_are_prepared_as_pillow_does_it(opened):
    drawings = [drawing["strokes"] for drawing in json.loads(DRAWINGS.read_text())["drawings"]] + list(
        EXAMPLES.values()
    )
    images = opened("draw.html").evaluate("all => all.map(it => Array.from(Alive.asDigit(it)))", drawings)
    gaps = [(torch.tensor(image).view(28, 28) - as_digit(strokes).int()).abs().max().item()
            for image, strokes in zip(images, drawings, strict=True)]  # fmt: skip
    assert len(gaps) > 30
    if int(version("pillow").split(".")[0]) >= 13:  # an older one begins with the rows of tall images too
        assert set(gaps) == {0}
    assert max(gaps) < 20


def sister():
    """The network of trainer.js in PyTorch; a mask comes between the maps and the last layer."""
    convolutions = nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(8, 16, 5), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(),
    )  # fmt: skip
    return convolutions, nn.Linear(256, 10)


@pytest.mark.slow
def test_ink_is_scaled_as_pillow_does_it(opened):
    """Also where a length or a place ends in a half, and where nothing is to be scaled."""
    sizes = [(25, 40), (35, 40), (15, 40), (13, 20), (20, 20), (200, 90), (60, 70)]
    inks = [torch.randint(0, 2, size[::-1]).mul(255).to(torch.uint8) for size in sizes]
    inks.append(torch.full((20, 13), 255, dtype=torch.uint8))  # its centre of mass is a whole number
    given = [
        {"width": ink.shape[1], "height": ink.shape[0], "pixels": ink.flatten().tolist()} for ink in inks
    ]
    images = opened("draw.html").evaluate("all => all.map(it => Array.from(Alive.centred(it)))", given)
    tall = int(version("pillow").split(".")[0]) < 13 and (15, 40)
    for image, ink, size in zip(images, inks, [*sizes, (13, 20)], strict=True):
        expected = centre_by_mass(Image.fromarray(ink.numpy()))
        assert size == tall or torch.equal(torch.tensor(image).view(28, 28), expected.int()), size


@pytest.mark.slow
def test_gradients_are_autograds_and_steps_are_adams(opened):
    images, labels = (part[:20] for part in as_tensors(load_digits().train))
    masks = (torch.rand(20, 256, generator=torch.Generator().manual_seed(0)) > 0.4).float() / 0.6
    learnt = opened("train.html").evaluate(LEARN, [packed(images), labels.tolist(), masks.tolist()])
    maps, last = sister()
    parameters = [*maps.parameters(), *last.parameters()]
    assert sum(map(torch.numel, parameters)) == 5994
    with torch.no_grad():
        for parameter, values in zip(parameters, learnt["before"], strict=True):
            parameter.copy_(torch.tensor(values).view(parameter.shape))
            assert 0 < parameter.abs().max() <= 1 / parameter[0].numel() ** 0.5 or parameter.dim() == 1
    optimizer = torch.optim.Adam(parameters, lr=0.01, betas=(0.9, 0.99))
    for step in range(3):
        optimizer.zero_grad()
        loss = F.cross_entropy(last(masks * maps(((images.float() / 255 - 0.5) / 0.5)[:, None])), labels)
        loss.backward()
        if step == 0:
            assert learnt["loss"] / 20 == pytest.approx(loss.item(), abs=1e-5)
            for parameter, gradient in zip(parameters, learnt["gradients"], strict=True):
                expected = parameter.grad.flatten()
                assert expected.abs().max() > 1e-3
                assert torch.allclose(torch.tensor(gradient) / 20, expected, rtol=1e-4, atol=1e-6)
        optimizer.step()
    for parameter, values in zip(parameters, learnt["after"], strict=True):
        assert torch.allclose(torch.tensor(values), parameter.detach().flatten(), atol=2e-4)


@pytest.mark.slow
def test_parts_add_up_and_a_value_depends_on_its_field_alone(opened):
    found = opened("draw.html").evaluate(SUMS)
    assert found["gap"] < 1e-4 and found["wrong"] == []
    assert found["widths"] == [6, 8, 16, 24, 28, 28]


@pytest.mark.slow
@pytest.mark.parametrize("served", [False, True], ids=["file", "http"])
def test_keys_lead_through_a_drawing_and_its_sums(opened, address, served):
    page = opened("draw.html", at=address if served else None)
    assert page.inner_text("#answer").startswith("Read as 3")
    page.get_by_role("button", name="Stored drawing: 8").focus()
    page.keyboard.press("Enter")
    assert page.inner_text("#answer").startswith("Read as 8")
    for stage, maps in enumerate(page.query_selector_all(".maps")):
        maps.focus()
        page.keyboard.press("Enter")
        for key in ("ArrowRight", "Shift+ArrowDown", "ArrowLeft"):
            said = page.inner_text("#sum")
            page.keyboard.press(key)
            assert page.inner_text("#sum") != said and "depends on" in said, (stage, key)
        assert page.locator(".picture.maps > .mark:visible").count() == 1
    page.get_by_role("button", name="Clear the pad").focus()
    page.keyboard.press("Space")
    assert page.inner_text("#answer").startswith("Nothing is drawn yet")


@pytest.mark.slow
@pytest.mark.parametrize("width", [400, 1300])
def test_a_pen_draws_and_a_tap_chooses(opened, width):
    page = opened("draw.html", viewport={"width": width, "height": 900}, has_touch=True, color_scheme="dark")
    box = page.locator(".pad").bounding_box()
    page.mouse.move(box["x"] + 140, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 138, box["y"] + 240, steps=10)
    page.mouse.up()
    assert page.inner_text("#answer").startswith("Read as 1")
    maps = page.locator(".maps").nth(2)
    maps.scroll_into_view_if_needed()
    maps.tap(position={"x": 3, "y": 3})
    assert "Map 0, row 0, column 0 depends on 16\u00a0×\u00a016 framed pixels" in page.inner_text("#sum")
    assert page.eval_on_selector("#card", "it => it.scrollWidth <= it.clientWidth")
    page.get_by_role("button", name="Undo the last stroke").click()
    assert page.inner_text("#answer").startswith("Nothing is drawn yet")


@pytest.mark.slow
def test_a_run_learns_to_read(opened):
    page = opened("train.html")
    assert page.inner_text("#answer").startswith("The network has not learned")
    before = page.evaluate("document.querySelector('#filters canvas').toDataURL()")
    page.click("#start")
    page.wait_for_selector("#runs:not([hidden])")
    cells = page.locator("#runs tbody td").all_inner_texts()
    assert cells[:4] == ["3,500", "0.01", "50", "0"]
    assert float(cells[5].removesuffix(" %")) > 95  # three seeds: 96.8 to 98.0
    assert page.inner_text("#accuracy") == cells[5] and page.inner_text("#state") == "Finished."
    assert page.inner_text("#answer").startswith("Read as 3")
    assert page.evaluate("document.querySelector('#filters canvas').toDataURL()") != before


@pytest.mark.slow
@pytest.mark.parametrize("worker", [True, False], ids=["worker", "slices"])
def test_a_run_pauses_goes_on_and_is_given_up(opened, address, worker):
    page = opened("train.html", at=address, script="" if worker else "delete window.Worker")
    page.select_option("#number", "100")
    page.focus("#start")
    page.keyboard.press("Enter")
    page.wait_for_function("parseInt(document.querySelector('#seconds').textContent) >= 3")
    page.click("#pause")
    page.wait_for_timeout(500)
    stood = page.inner_text("#seconds")
    page.wait_for_timeout(500)
    assert page.inner_text("#seconds") == stood and page.inner_text("#state") == "Paused."
    page.click("#pause")
    page.wait_for_function("said => document.querySelector('#seconds').textContent !== said", arg=stood)
    page.click("#reset")
    assert page.inner_text("#state") == "Ready." and page.is_enabled("#start") and page.is_disabled("#pause")
    page.wait_for_timeout(500)
    assert page.inner_text("#seconds") == "–"
