"""A group of one's own whose density nobody knows: where a particle ends that is deflected and scattered on its way."""

import numpy as np


class Track:
    """Ends of paths of 20 short steps in the plane; at each the heading turns by `bend`, and at random by the scale."""

    def __init__(self, scale, bend):
        self.scale, self.bend = scale, bend

    def rvs(self, size, rng):
        heading = rng.normal(self.bend, self.scale, (size, 20)).cumsum(axis=1)
        return np.stack([np.cos(heading), np.sin(heading)], axis=-1).mean(axis=1)
