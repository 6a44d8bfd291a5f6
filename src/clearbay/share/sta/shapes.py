"""What the standard's eight entities are made of: attributes, relations, names. Source: OGC 18-088, clause 8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

VERSION = "v1.1"


@dataclass(frozen=True, slots=True)
class Shape:
    """An entity set: its attributes in order of writing, those a client must give, and its relations.

    ``relations`` maps a relation's name to the set it leads to, and whether it leads to many.
    """

    set: str
    one: str
    attributes: tuple[str, ...]
    needed: tuple[str, ...]
    relations: Mapping[str, tuple[str, bool]]


SHAPES: Mapping[str, Shape] = {
    shape.set: shape
    for shape in (
        Shape(
            "Things",
            "Thing",
            ("name", "description", "properties"),
            ("name", "description"),
            {
                "Locations": ("Locations", True),
                "HistoricalLocations": ("HistoricalLocations", True),
                "Datastreams": ("Datastreams", True),
            },
        ),
        Shape(
            "Locations",
            "Location",
            ("name", "description", "encodingType", "location", "properties"),
            ("name", "description", "encodingType", "location"),
            {"Things": ("Things", True), "HistoricalLocations": ("HistoricalLocations", True)},
        ),
        Shape(
            "HistoricalLocations",
            "HistoricalLocation",
            ("time",),
            ("time",),
            {"Thing": ("Things", False), "Locations": ("Locations", True)},
        ),
        Shape(
            "Datastreams",
            "Datastream",
            (
                "name",
                "description",
                "observationType",
                "unitOfMeasurement",
                "observedArea",
                "phenomenonTime",
                "resultTime",
                "properties",
            ),
            ("name", "description", "observationType", "unitOfMeasurement"),
            {
                "Thing": ("Things", False),
                "Sensor": ("Sensors", False),
                "ObservedProperty": ("ObservedProperties", False),
                "Observations": ("Observations", True),
            },
        ),
        Shape(
            "Sensors",
            "Sensor",
            ("name", "description", "encodingType", "metadata", "properties"),
            ("name", "description", "encodingType", "metadata"),
            {"Datastreams": ("Datastreams", True)},
        ),
        Shape(
            "ObservedProperties",
            "ObservedProperty",
            ("name", "definition", "description", "properties"),
            ("name", "definition", "description"),
            {"Datastreams": ("Datastreams", True)},
        ),
        Shape(
            "Observations",
            "Observation",
            ("phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters"),
            ("result",),
            {"Datastream": ("Datastreams", False), "FeatureOfInterest": ("FeaturesOfInterest", False)},
        ),
        Shape(
            "FeaturesOfInterest",
            "FeatureOfInterest",
            ("name", "description", "encodingType", "feature", "properties"),
            ("name", "description", "encodingType", "feature"),
            {"Observations": ("Observations", True)},
        ),
    )
}

BASE = "http://www.opengis.net/spec/iot_sensing/1.1/req/"

CONFORMANCE = tuple(
    BASE + part
    for part in (
        "datamodel/thing",
        "datamodel/location",
        "datamodel/historical-location",
        "datamodel/datastream",
        "datamodel/sensor",
        "datamodel/observed-property",
        "datamodel/observation",
        "datamodel/feature-of-interest",
        "datamodel/entity-control-information/common-control-information",
        "resource-path/resource-path-to-entities",
        "request-data/order",
        "request-data/expand",
        "request-data/select",
        "request-data/status-code",
        "request-data/query-status-code",
        "request-data/orderby",
        "request-data/top",
        "request-data/skip",
        "request-data/count",
        "request-data/filter",
        "request-data/built-in-filter-operations",
        "request-data/built-in-query-functions",
        "request-data/pagination",
        "create-update-delete/create-entity",
        "create-update-delete/link-to-existing-entities",
        "create-update-delete/deep-insert",
        "create-update-delete/deep-insert-status-code",
        "create-update-delete/update-entity",
        "create-update-delete/delete-entity",
        "create-update-delete/historical-location-auto-creation",
        "data-array/data-array",
        "batch-request/batch-request",
        "create-observations-via-mqtt/observations-creation",
        "receive-updates-via-mqtt/receive-updates",
    )
)
"""Names of requirements as the standard spells them; docs/sensorthings.md says where this server departs from them."""
