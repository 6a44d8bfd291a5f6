"""The client library that most programs use, against a real server."""

import frost_sta_client as fsc
from geojson import Point

from tests.sta.conftest import MEASUREMENT


def test_the_frost_client_makes_and_reads(address):
    """Things to Observations are created, queried over pages, altered and read back by frost-sta-client."""
    service = fsc.SensorThingsService(f"{address}/sta/v1.1")
    place = fsc.Location(
        name="pier", description="a pier", location=Point((113.9, 22.4)), encoding_type="application/geo+json"
    )
    thing = fsc.Thing(name="buoy", description="a buoy", properties={"medium": "sea"})
    thing.locations = fsc.model.ext.entity_list.EntityList(
        entity_class="frost_sta_client.model.location.Location", entities=[place]
    )
    service.create(thing)
    series = fsc.Datastream(
        name="oxygen",
        description="dissolved oxygen",
        observation_type=MEASUREMENT,
        unit_of_measurement=fsc.UnitOfMeasurement(name="milligram per litre", symbol="mg/L", definition="ucum:mg/L"),
    )
    series.thing = thing
    series.sensor = fsc.Sensor(name="probe", description="optode", encoding_type="text/plain", metadata="none")
    series.observed_property = fsc.ObservedProperty(name="Dissolved oxygen", definition="urn:do", description="O2")
    service.create(series)
    for hour in range(5):
        one = fsc.Observation(phenomenon_time=f"2024-05-01T0{hour}:00:00Z", result=6.5 + hour / 10)
        one.datastream = fsc.Datastream(id=series.id)
        service.create(one)
        assert service.observations().find(one.id).result == 6.5 + hour / 10
    many = fsc.model.ext.data_array_value.DataArrayValue()
    many.datastream = fsc.Datastream(id=series.id)
    many.components = {many.Property.PHENOMENON_TIME, many.Property.RESULT}
    for hour in range(5, 10):
        many.add_observation(
            fsc.Observation(
                phenomenon_time=f"2024-05-01T0{hour}:00:00Z",
                result=6.5 + hour / 10,
                datastream=fsc.Datastream(id=series.id),
            )
        )
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(many)
    service.observations().create(document)
    found = (
        service.datastreams().find(series.id).get_observations().query().top(3).orderby("phenomenonTime", "ASC").list()
    )
    assert [one.result for one in found] == [6.5 + hour / 10 for hour in range(10)]
    thing.description = "a buoy, moved"
    service.update(thing)
    assert service.things().find(thing.id).description == "a buoy, moved"
    listed = service.things().query().filter("name eq 'buoy'").expand("Locations,Datastreams").list()
    assert [one.locations.entities[0].name for one in listed] == ["pier"]
