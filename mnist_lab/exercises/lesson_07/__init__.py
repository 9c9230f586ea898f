"""Lesson 07: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_07.e1_equal_factors import EXERCISE as E1
from mnist_lab.exercises.lesson_07.e2_range_test import EXERCISE as E2
from mnist_lab.exercises.lesson_07.e3_pick_rate import EXERCISE as E3
from mnist_lab.exercises.lesson_07.e4_steps_and_epochs import EXERCISE as E4
from mnist_lab.exercises.lesson_07.e5_grid_count import EXERCISE as E5
from mnist_lab.exercises.lesson_07.e6_lottery import EXERCISE as E6
from mnist_lab.exercises.lesson_07.e7_better import EXERCISE as E7
from mnist_lab.exercises.lesson_07.e8_search import EXERCISE as E8
from mnist_lab.exercises.lesson_07.e9_budget import EXERCISE as E9

EXERCISES = (E1, E2, E3, E4, E5, E6, E7, E8, E9)
