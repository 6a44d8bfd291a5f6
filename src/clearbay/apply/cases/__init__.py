"""Cases: findings carried to their end, with clocks that hold, evidence that stands, and closing only when it is clean.

``Casework`` is the engine over one home: it opens cases and lets people act on them as their playbook allows.
"""

from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.drafts import Draft, Upload

__all__ = ["Casework", "Draft", "Upload"]
