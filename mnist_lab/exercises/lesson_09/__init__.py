"""Lesson 09: its exercises, in order. Its questions are in questions.toml."""

from mnist_lab.exercises.lesson_09.e1_confusions import EXERCISE as E1
from mnist_lab.exercises.lesson_09.e2_two_bins import EXERCISE as E2
from mnist_lab.exercises.lesson_09.e3_calibration_error import EXERCISE as E3
from mnist_lab.exercises.lesson_09.e4_reliability import EXERCISE as E4
from mnist_lab.exercises.lesson_09.e5_saliency import EXERCISE as E5
from mnist_lab.exercises.lesson_09.e6_hide import EXERCISE as E6
from mnist_lab.exercises.lesson_09.e7_occlusion import EXERCISE as E7
from mnist_lab.exercises.lesson_09.e8_centre import EXERCISE as E8

EXERCISES = (E1, E2, E3, E4, E5, E6, E7, E8)
