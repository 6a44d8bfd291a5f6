from __future__ import annotations

import json

import numpy as np

from clearbay.mine.detection.boosting import Boosted, boost
from clearbay.mine.detection.relations import Relations
from clearbay.mine.detection.surprise import Surprise


def test_a_rule_of_two_features_is_learnt() -> None:
    """Trees of depth 3 learn what no single feature tells."""
    rng = np.random.default_rng(0)
    features = rng.random((4000, 3))
    labels = (features[:, 0] > 0.5) & (features[:, 1] < 0.3)
    learnt = boost(features[:3000], labels[:3000])
    right = (learnt.margin(features[3000:]) > 0) == labels[3000:]
    assert right.mean() > 0.97


def test_a_learner_survives_being_written_down() -> None:
    """What JSON gives back judges alike."""
    rng = np.random.default_rng(0)
    features = rng.random((500, 2))
    learnt = boost(features, features[:, 0] > 0.7, rounds=10, least=5)
    again = Boosted.from_dict(json.loads(json.dumps(learnt.as_dict())))
    assert np.array_equal(again.margin(features), learnt.margin(features))


def test_surprise_grows_with_the_residual_and_with_calm() -> None:
    """The same residual surprises more on a calm sensor, and more when larger."""
    rng = np.random.default_rng(0)
    known = Surprise.learn(np.stack([rng.standard_normal(5000), rng.standard_t(1.5, 5000)], axis=1))
    found = known.of(np.array([[1.0, 1.0], [6.0, 6.0], [60.0, 60.0]]))
    assert (np.diff(found, axis=0) > 0).all()
    assert found[1, 0] > found[1, 1] + 1


def test_what_others_explain_is_no_news() -> None:
    """A residual that follows another sensor's is explained away."""
    rng = np.random.default_rng(0)
    flow = rng.standard_normal(3000)
    both = np.stack([flow, 0.9 * flow + 0.1 * rng.standard_normal(3000)], axis=1)
    left = Relations.learn(both).unexplained(both)
    assert left[:, 1].std() < 0.2 * both[:, 1].std()
