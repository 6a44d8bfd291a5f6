"""What a trace has to say beside its numbers: each note is an English sentence that remembers what it is made of."""

from __future__ import annotations

from collections.abc import Mapping

NOTES: Mapping[str, str] = {
    "unordered": "section {section}: samples were out of order in time and were sorted",
    "averaged": "section {section}: {count} samples share a time with another and were averaged",
    "spikes": "section {section}: {count} lone spike(s) were left out",
    "several_pulses": "section {section}: more than one pulse; the largest was used",
    "no_peak": "section {section}: the record begins or ends at its highest value, the peak was not seen",
    "cut_front": "section {section}: the record begins within the cloud; the front was completed by the usual shape",
    "cut_tail": "section {section}: the record ends within the cloud; {share} of the dose was extrapolated",
    "few_samples": "section {section}: fewer than three samples stand above half the peak; width and dose are rough",
    "flat_top": "section {section}: the top is flat, so the release lasted about {hours} h; "
    "read by its rising front, the time given is its beginning",
    "no_curve": "section {section}: no curve yet, only raised values: age, distance and mass are guesses",
    "sparse": "section {section}: too few samples for a curve, the highest was taken for the peak: "
    "all figures are guesses",
    "aside": "pulses at {sections} fit no single cloud in order, time and dose: left aside",
    "too_close": "the peaks at {section} and {other} are too close to tell a velocity",
    "loss_unknown": "mass: one section cannot tell losses on the way; "
    "the interval's upper end rests on a general guess",
    "dose_grows": "the dose grows by {share} downstream: a second source, or wrong discharge or calibration",
    "dose_falls": "the dose falls by {share} downstream: the substance is lost on the way",
    "arms": "{share} of the water above takes other arms: the mass was raised accordingly",
    "one_section": "not identifiable from one section: its curve tells the age of the cloud, and the velocity of the "
    "water above is not measured; a second section, or calibrated travel times, would tell the distance",
    "not_located": "not identifiable: the interval of the distance is {share} as wide as without the curves",
    "unwatched": "{count} of {all} sections have no {property} of the time: they shut nothing out",
    "no_mass": "no discharge was given, so the mass cannot be told",
}
"""The English of each kind; words in braces are facts."""


class Note(str):
    """A sentence in English, with its kind and facts for whoever says it in another language."""

    kind: str
    facts: Mapping[str, object]

    __slots__ = ("facts", "kind")


def note(kind: str, **facts: object) -> Note:
    """A note of a kind of ``NOTES``."""
    made = Note(NOTES[kind].format(**facts))
    made.kind, made.facts = kind, facts
    return made
