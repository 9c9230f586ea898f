"""Lesson 01: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_01.e1_starting_positions import EXERCISE as E1
from mnist_lab.exercises.lesson_01.e2_one_value import EXERCISE as E2
from mnist_lab.exercises.lesson_01.e3_keep_28 import EXERCISE as E3
from mnist_lab.exercises.lesson_01.e4_convolve import EXERCISE as E4
from mnist_lab.exercises.lesson_01.e5_strokes_kernel import EXERCISE as E5
from mnist_lab.exercises.lesson_01.e6_five_by_five import EXERCISE as E6
from mnist_lab.exercises.lesson_01.e7_conv_parameters import EXERCISE as E7

EXERCISES = (E1, E2, E3, E4, E5, E6, E7)
