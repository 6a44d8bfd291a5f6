"""Two equations of water: how much oxygen it can hold, and its salinity from its conductivity.

The coefficients stand in more than one public implementation beside the papers, which agree digit by digit: Benson &
Krause in the R package wql, and in the SWAT+ manual; PSS-78 in CSIRO's seawater and in TEOS-10's GSW.
"""

from __future__ import annotations

import numpy as np

from clearbay.mine.quality.series import Values

STANDARD_CONDUCTIVITY = 42.914
"""mS/cm of sea water of practical salinity 35 at 15 Cel and no pressure (the value GSW uses)."""

COEFFICIENT_25 = 25.0
"""Degrees to which meters refer a conductivity that they compensate for temperature."""


def oxygen_solubility(temperature: Values, salinity: Values) -> Values:
    """Oxygen in mg/L in water at rest under moist air at one atmosphere.

    B. B. Benson and D. Krause, Limnology and Oceanography 29 (1984) 620-632. ``temperature`` in Cel, ``salinity`` on
    the practical scale; NaN outside 0 to 40 of either, where the equation was not fitted.

    >>> oxygen_solubility(np.array([20.0, 20.0]), np.array([0.0, 35.0])).round(3).tolist()
    [9.092, 7.396]
    """
    kelvin = temperature + 273.15
    logarithm = (
        -139.34411
        + 1.575701e5 / kelvin
        - 6.642308e7 / kelvin**2
        + 1.243800e10 / kelvin**3
        - 8.621949e11 / kelvin**4
        - salinity * (1.7674e-2 - 1.0754e1 / kelvin + 2.1407e3 / kelvin**2)
    )
    known = (temperature >= 0) & (temperature <= 40) & (salinity >= 0) & (salinity <= 40)
    return np.where(known, np.exp(np.where(known, logarithm, 0.0)), np.nan)


def practical_salinity(conductivity: Values, temperature: Values) -> Values:
    """Practical salinity (PSS-78) at no pressure from conductivity in uS/cm at ``temperature`` in Cel.

    UNESCO technical papers in marine science 44 (1983), equations 1 and 2; the temperature is taken to the scale of
    1968 first. NaN where the result lies outside 2 to 42, for which the scale is not defined.

    >>> practical_salinity(np.array([42914.0]), np.array([15.0 / 1.00024])).round(6).tolist()
    [35.0]
    """
    old_scale = temperature * 1.00024
    ratio = (conductivity / 1000.0 / STANDARD_CONDUCTIVITY) / np.polynomial.polynomial.polyval(
        old_scale, [0.6766097, 2.00564e-2, 1.104259e-4, -6.9698e-7, 1.0031e-9]
    )
    root = np.sqrt(np.where(ratio > 0, ratio, np.nan))
    main = np.polynomial.polynomial.polyval(root, [0.0080, -0.1692, 25.3851, 14.0941, -7.0261, 2.7081])
    small = np.polynomial.polynomial.polyval(root, [0.0005, -0.0056, -0.0066, -0.0375, 0.0636, -0.0144])
    away = old_scale - 15.0
    salinity = main + small * away / (1 + 0.0162 * away)
    return np.where((salinity >= 2) & (salinity <= 42), salinity, np.nan)
