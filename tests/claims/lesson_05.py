"""The sentences of lesson 05 that its own figures carry."""

import math

COSINE = [4 * (1 + math.cos(math.pi * epoch / 4)) for epoch in range(4)]  # the rates, in thousandths

CLAIMS = [
    (
        "The reader's dropout was still zeroing values at random",
        lambda r: r["logit_difference_in_train_mode"] > 0.1,
    ),
    ("Not nearly equal: equal in every bit", lambda r: r["equal_in_eval_mode"] == 1),
    (
        "Anyone who sees only the result would call it a bad network",
        lambda r: r["accuracy"] - r["accuracy_on_raw_images"] > 5 * r["floor_as_trained"],
    ),
    ("About chance: the missing layer stayed random", lambda r: abs(r["accuracy_silenced"] - 0.1) < 0.1),
    ("The network has the weights of its best epoch", lambda r: r["best_epoch_lost"] == 0),
    ("so that the scores go up and down", lambda r: r["last_epoch_behind"] > 0),
    ("Yet they end with different weights", lambda r: r["drift_weights_only"] > 10 * r["last_step"]),
    (
        "Without its *optimizer* each of the three falls back to the first rate",
        lambda r: r["rates_without_optimizer"] < 1e-9,
    ),
    ("and shows one epoch later", lambda r: r["rates_without_scheduler"] < 1e-9),
    ("Forgotten, it costs nothing here", lambda r: abs(r["exponential_off"]) < 1e-9),
    (
        "Instead the forgotten *optimizer* brings the early rates back",
        lambda r: abs(r["exponential_replays"] - 4) < 1e-9,
    ),
    ("Forgotten, it brings back the early rates", lambda r: abs(r["lambda_replays"] - 6) < 1e-9),
    (
        "Forgotten, it gives a rate that the run never had",
        lambda r: min(abs(r["cosine_invents"] - rate) for rate in COSINE) > 0.5,
    ),
    ("The same 315,146 weights, all 32 bits of each", lambda r: r["own_run_is_exact"] == 1),
    (
        "Without its optimizer a run leaves the path at the first step, and so it does with other dice",
        lambda r: r["first_step_least"] > 0,
    ),
    (
        "Without its scheduler nothing happens until the end of the epoch",
        lambda r: r["first_epoch_scheduler"] == 0 < r["drift_scheduler"],
    ),
    (
        "Here the rate alone, forgotten, leads further astray than the averages alone",
        lambda r: r["drift_optimizer"] > r["drift_rate"] > 1.1 * r["drift_averages"],
    ),
    ("and these hardly further than other dice", lambda r: 1 < r["drift_averages"] / r["drift_dice"] < 1.3),
    (
        "no forgetful run falls behind by more than the sampling floor, and some come out ahead",
        lambda r: r["floors_behind"] < 1 and r["floors_ahead"] > 0,
    ),
    ("and the same weights as all of them in a row", lambda r: r["resume_is_exact"] == 1),
    ("In between you have *nothing*", lambda r: r["broken_written_over"] == 20),
    ("Written beside and renamed, there is always a whole file", lambda r: r["broken_beside"] == 0),
    (
        "All damaged files, or nearly all, open without a word, each with one wrong weight",
        lambda r: r["flips_refused_by_torch"] + r["flips_without_effect"] <= 5,
    ),
    ("In most of them that weight is only a little off", lambda r: r["flips_off_by_little"] > 60),
    ("the network gives one answer to everything", lambda r: r["answers_of_the_damaged"] == 1),
    ("All of them. Note what a seal does *not* do", lambda r: r["flips_refused_by_seal"] == 100),
    ("One bit changes about half of them", lambda r: 96 < r["seal_bits_changed"] < 160),
]
