"""Lesson 02: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_02.e1_one_pixel import EXERCISE as E1
from mnist_lab.exercises.lesson_02.e2_other_limits import EXERCISE as E2
from mnist_lab.exercises.lesson_02.e3_constants import EXERCISE as E3
from mnist_lab.exercises.lesson_02.e4_back_to_bytes import EXERCISE as E4
from mnist_lab.exercises.lesson_02.e5_split import EXERCISE as E5
from mnist_lab.exercises.lesson_02.e6_leak import EXERCISE as E6
from mnist_lab.exercises.lesson_02.e7_batch_iterator import EXERCISE as E7

EXERCISES = (E1, E2, E3, E4, E5, E6, E7)
