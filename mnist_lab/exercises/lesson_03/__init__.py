"""Lesson 03: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_03.e1_two_steps import EXERCISE as E1
from mnist_lab.exercises.lesson_03.e2_nudge import EXERCISE as E2
from mnist_lab.exercises.lesson_03.e3_cross_entropy import EXERCISE as E3
from mnist_lab.exercises.lesson_03.e4_order import EXERCISE as E4
from mnist_lab.exercises.lesson_03.e5_rates import EXERCISE as E5
from mnist_lab.exercises.lesson_03.e6_uneven_batches import EXERCISE as E6
from mnist_lab.exercises.lesson_03.e7_loop import EXERCISE as E7
from mnist_lab.exercises.lesson_03.e8_leave_no_trace import EXERCISE as E8

EXERCISES = (E1, E2, E3, E4, E5, E6, E7, E8)
