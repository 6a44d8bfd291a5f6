"""The forward way: what a release does to the sections below it. It shares nothing with the inversion.

Each reach carries by advection and dispersion with transient storage (water that lingers in pools and banks), the
equation that the laws of the inversion were not derived from; it is solved in the frequencies of one long period, reach
after reach. Velocities are those of the generated world, perturbed from day to day, not those the network holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Channel:
    """What carries the water, reach by reach: velocity (m/s), dispersion (m2/s), storage (share of the channel) and
    the time water lingers there (s)."""

    velocity: Floats
    dispersion: Floats
    storage: Floats
    residence: Floats

    @property
    def carried(self) -> Floats:
        """Velocity of the middle of a cloud: storage holds it back."""
        return self.velocity / (1.0 + self.storage)


def channel_of(rng: np.random.Generator, velocity: Floats, discharge: Floats, slope: Floats) -> Channel:
    """A channel on a day: velocities off by a tenth along and as a whole, dispersion by Fischer's formula."""
    count = len(velocity)
    own = velocity * np.exp(0.1 * rng.standard_normal(count) + 0.1 * rng.standard_normal())
    width = 6.0 * np.sqrt(discharge)
    depth = np.maximum(discharge / (width * own), 0.05)
    shear = np.sqrt(9.81 * depth * slope)
    dispersion = 0.006 * own**2 * width**2 / (depth * shear)
    dispersion = dispersion * np.exp(0.5 * rng.standard_normal(count) + 0.5 * rng.standard_normal())
    storage = 0.12 * np.exp(0.5 * rng.standard_normal(count) + 0.5 * rng.standard_normal())
    residence = 1200.0 * np.exp(0.7 * rng.standard_normal(count) + 0.7 * rng.standard_normal())
    return Channel(own, np.maximum(dispersion, 0.5), storage, residence)


def passing(length_km: Floats, channel: Channel, release_g_s: Floats, step_s: float, *, loss_h: float = 0.0) -> Floats:
    """Grams a second that pass the end of a way of reaches, at the steps at which the release is given.

    The series is one period: it must be long enough for the cloud to leave.
    """
    count = len(release_g_s)
    # Damped a little, so that what would wrap around from the end of the period to its beginning is gone.
    damping = 6.0 / (count * step_s)
    clock = np.arange(count) * step_s
    omega = 2j * np.pi * np.fft.rfftfreq(count, step_s) + damping
    length = length_km * 1000.0
    v, k = channel.velocity, channel.dispersion
    rate = omega[:, None] + loss_h / 3600.0
    slow = rate * (1.0 + channel.storage / (1.0 + omega[:, None] * channel.residence))
    logs = np.sum(v * length / (2.0 * k) * (1.0 - np.sqrt(1.0 + 4.0 * k * slow / v**2)), axis=1)
    spectrum = np.fft.rfft(release_g_s * np.exp(-damping * clock))
    flux = np.fft.irfft(spectrum * np.exp(logs), count) * np.exp(damping * clock)
    return np.asarray(np.maximum(flux, 0.0))
