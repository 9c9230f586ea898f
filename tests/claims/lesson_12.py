"""The sentences of lesson 12 that its own figures carry."""

CLAIMS = [
    ("Two rows are there", lambda r: r["kept_rows"] == 2),
    (
        "The highest point lies inside the grid, with lower ones on both sides",
        lambda r: 0.001 < r["best_rate"] < 1 and r["lowest_below_best"] > 0,
    ),
    (
        "that tells which rates are far off, not which of these is the best",
        lambda r: r["rates_near_the_best"] > 1 and r["lowest_below_best"] > 4 * r["floor"],
    ),
    (
        "The table is the same, value for value",
        lambda r: r["mended_rows"] == 7 and r["mended_as_before"] == 1,
    ),
    (
        "A single run has collapsed: it reads no better than a guess, while the other four have learned.",
        lambda r: r["lowest_of_the_cell"] <= 0.12 and r["next_of_the_cell"] > 0.9,
    ),
    ("Five lines, from `with` on, are the whole sweep", lambda r: r["dask_as_before"] == 1),
    (
        "a class that can wait a quarter of an hour needs a fraction of the workers",
        lambda r: r["few_for_patient"] < 0.25,
    ),
    (
        "the core hours hardly change with the number of workers",
        lambda r: 0.9 < r["cost_of_haste"] < 1.1,
    ),
    ("The stored times of lesson 03 say otherwise", lambda r: r["slower_beside"] > 1.05),
    (
        "a laptop that works overnight does that many jobs without a cluster",
        lambda r: r["jobs_over_night"] > 1000,
    ),
    (
        "The ranks agree to the last bit, and so do the two ways",
        lambda r: r["ranks_apart"] == 0 == r["hand_and_ddp"],
    ),
    ("From the one process they differ by rounding", lambda r: 0 < r["ddp_and_one"] < 1e-6),
    ("So on one machine there is little to gain", lambda r: 0.6 < r["speed_up_of_two_processes"] < 1.5),
    (
        "With small batches, where sending is a large part of a step, that shows.",
        lambda r: r["sending_by_hand_32"] > r["sending_DDP_32"] and r["share_by_hand_32"] > 0.2,
    ),
    (
        "Neither of the two gives exactly the last step of one process. You can.",
        lambda r: r["step_from_one"] < 1e-6 < 1e-4 < r["plain_from_one"],
    ),
    (
        "the single training, by hand and with small batches, leaves it early",
        lambda r: r["sweep_of_10000"] < 0.001 and r["batches_of_32_by_hand"] > 0.05,
    ),
    ("By hand it is another one", lambda r: r["batches_of_32_by_hand"] > r["batches_of_32_DDP"]),
]
