"""From concentration curves to where, when and how much was released: pure computation, no input or output."""

from clearbay.mine.tracing.celerity import Reach, Velocity
from clearbay.mine.tracing.curve import COLUMNS, Curve, curves_from_rows, make_curve
from clearbay.mine.tracing.downstream import Passage, passage
from clearbay.mine.tracing.literature import FACTS, Fact
from clearbay.mine.tracing.posterior import Estimate, Grid, Posterior
from clearbay.mine.tracing.pulse import Pulse, find_pulse
from clearbay.mine.tracing.suspects import Outlet, Suspect, rank
from clearbay.mine.tracing.trace import Trace, trace

__all__ = [
    "COLUMNS",
    "FACTS",
    "Curve",
    "Estimate",
    "Fact",
    "Grid",
    "Outlet",
    "Passage",
    "Posterior",
    "Pulse",
    "Reach",
    "Suspect",
    "Trace",
    "Velocity",
    "curves_from_rows",
    "find_pulse",
    "make_curve",
    "passage",
    "rank",
    "trace",
]
