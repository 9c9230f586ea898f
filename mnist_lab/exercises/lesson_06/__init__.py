"""Lesson 06: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_06.e1_which_overfit import EXERCISE as E1
from mnist_lab.exercises.lesson_06.e2_one_row import EXERCISE as E2
from mnist_lab.exercises.lesson_06.e3_dropout import EXERCISE as E3
from mnist_lab.exercises.lesson_06.e4_wrong_lines import EXERCISE as E4
from mnist_lab.exercises.lesson_06.e5_right_place import EXERCISE as E5
from mnist_lab.exercises.lesson_06.e6_channels import EXERCISE as E6
from mnist_lab.exercises.lesson_06.e7_patience import EXERCISE as E7
from mnist_lab.exercises.lesson_06.e8_choose import EXERCISE as E8

EXERCISES = (E1, E2, E3, E4, E5, E6, E7, E8)
