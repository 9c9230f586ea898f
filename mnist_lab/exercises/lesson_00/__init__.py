"""Lesson 00: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_00.e1_shape import EXERCISE as E1
from mnist_lab.exercises.lesson_00.e2_row_numbers import EXERCISE as E2
from mnist_lab.exercises.lesson_00.e3_move_axis import EXERCISE as E3
from mnist_lab.exercises.lesson_00.e4_side_by_side import EXERCISE as E4
from mnist_lab.exercises.lesson_00.e5_accuracy import EXERCISE as E5

EXERCISES = (E1, E2, E3, E4, E5)
