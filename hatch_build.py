"""What a wheel holds beside the package: the lessons. An editable install has them in the clone."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Lessons(BuildHookInterface):
    """Puts notebooks/NN_name.ipynb into a wheel as mnist_lab/lessons."""

    def initialize(self, version, build_data):
        """Name the lessons to hatchling, unless the install is an editable one."""
        if version != "editable":
            for path in Path(self.root, "notebooks").glob("[0-9][0-9]_*.ipynb"):
                build_data["force_include"][str(path)] = f"mnist_lab/lessons/{path.name}"
