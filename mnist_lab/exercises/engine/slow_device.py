"""A device that works behind the processor's back, as a graphics card does, for exercises in taking times."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class SlowDevice:
    """Asked for work, it goes on with it while the processor goes on, too; time passes only here.

    readings keeps what `reading` makes of each look at the clock.
    """

    now: float = 100.0
    done_at: float = 0.0
    readings: list = field(default_factory=list)

    @property
    def is_busy(self):
        return self.done_at > self.now

    def ask(self, request, work):
        """Spend the seconds of a request, and let the device begin with its work when it is free."""
        self.now += request
        self.done_at = max(self.now, self.done_at) + work

    def synchronize(self):
        self.now = max(self.now, self.done_at)

    def clock(self):
        self.readings.append(self.reading())
        return self.now
