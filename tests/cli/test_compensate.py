"""`mingyue compensate`: a package that prints better, what was changed, and pictures of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mingyue.files import write_whole
from mingyue.printing.formats.stl import write_stl
from tests.cli.conftest import Ended
from tests.solids import box

Run = Callable[..., Ended]
