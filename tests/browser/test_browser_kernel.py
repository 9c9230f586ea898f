"""Stopping, and starting again: what a learner does when a cell takes too long."""

from playwright.sync_api import expect

QUICK, ENDLESS = "NUM_EPOCHS = 3  #", "NUM_EPOCHS = 1_000  #"
TRAINS = "history = fit("


def toolbar(lesson, words):
    return lesson.page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name=words)


def test_a_running_cell_stops_everything_runs_again_and_outlives_a_reload(start_here):
    parameters = start_here.sources()[start_here.index(QUICK)]
    start_here.write(QUICK, parameters.replace(QUICK, ENDLESS))
    assert start_here.run_above(TRAINS)

    start_here.start(TRAINS)
    outputs = start_here.outputs(TRAINS)
    expect(outputs).to_contain_text("epoch")
    toolbar(start_here, "Interrupt the kernel").click()
    start_here.wait_until_run(TRAINS)
    assert (start_here.index(TRAINS), "KeyboardInterrupt") in start_here.errors()

    start_here.write(ENDLESS, parameters)
    start_here.begin("notebook:restart-run-all")
    start_here.page.get_by_role("button", name="Confirm Kernel Restart").click()
    assert start_here.ended()
    start_here.read()
    assert start_here.errors() == [] and start_here.seen().broken == []
    cells = [cell for cell in start_here.content()["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))

    start_here.command("docmanager:save")
    start_here.reload()
    start_here.read()
    start_here.outputs('predict("0.1"').get_by_role("button", name="A", exact=True).click()
    expect(start_here.outputs('predict("0.1"')).to_contain_text("Now choose how sure you are.")


def test_the_next_day_questions_can_be_read_and_asked_again(start_here):
    assert start_here.run_all()
    start_here.command("docmanager:save")
    start_here.close()
    start_here.reload()  # a new kernel, which knows no buttons
    start_here.read()
    asked = start_here.outputs('predict("0.1"')
    expect(asked).to_contain_text("How many of 100 digits")
    expect(asked).to_contain_text("model not found")
    assert start_here.run_above('predict("0.1"')
    start_here.run('predict("0.1"')
    asked.get_by_role("button", name="A", exact=True).click()
    expect(asked).to_contain_text("Now choose how sure you are.")
