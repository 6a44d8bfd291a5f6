"""The home's own stations through SensorThings."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from clearbay.share.sta.shapes import SHAPES
from clearbay.store import Home


@pytest.fixture(scope="module")
def store(sta_home):
    with Home.open(sta_home) as home:
        yield home


def stream(sta, station="hk.epd.marine.DM1", code="DO", depth="surface"):
    answer = sta.get(
        f"Things('{station}')/Datastreams",
        params={"$filter": f"ObservedProperty/id eq '{code}' and properties/depth eq '{depth}'"},
    )
    return answer.json()["value"][0]


def every(sta, url, **params):
    """All entities of a list, page by page."""
    found = []
    answer = sta.get(url, params=params or None)
    while True:
        assert answer.status_code == 200, answer.text
        found += answer.json()["value"]
        following = answer.json().get("@iot.nextLink")
        if following is None:
            return found
        answer = sta.get(following)


def test_the_root_names_every_set_and_the_conformance(sta):
    """OGC 18-088, 9.2.1: names and addresses of the entity sets, and serverSettings."""
    root = sta.get("").json()
    assert {one["name"] for one in root["value"]} == set(SHAPES)
    assert any(one.endswith("data-array/data-array") for one in root["serverSettings"]["conformance"])
    for one in root["value"]:
        assert sta.get(one["url"], params={"$top": 1}).status_code == 200


@pytest.mark.parametrize("name", SHAPES)
def test_every_entity_has_its_controls_and_its_links_lead_somewhere(sta, name):
    """An entity has id, selfLink and a navigation link a relation, and each can be followed."""
    shape = SHAPES[name]
    listed = sta.get(name, params={"$top": 2}).json()["value"]
    for one in listed:
        assert sta.get(one["@iot.selfLink"]).json()["@iot.id"] == one["@iot.id"]
        for relation, (_, many) in shape.relations.items():
            found = sta.get(one[f"{relation}@iot.navigationLink"])
            assert found.status_code == 200, found.text
            assert ("value" in found.json()) is many
            refs = sta.get(one[f"{relation}@iot.navigationLink"] + "/$ref").json()
            assert "@iot.selfLink" in (refs["value"][0] if many and refs["value"] else refs) or many


def test_a_page_after_another_gives_every_observation_once(sta, store):
    """Following nextLink gives what the store holds, in order and with nothing twice, whatever the page."""
    one = stream(sta)
    held = store.reader().observations(stations=["hk.epd.marine.DM1"], properties=["DO"], depths=["surface"])
    for order, down in (("phenomenonTime asc", False), ("phenomenonTime desc", True), ("", False)):
        params = {"$top": 7, "$select": "result,phenomenonTime"} | ({"$orderby": order} if order else {})
        found = [row["result"] for row in every(sta, one["Observations@iot.navigationLink"], **params)]
        assert found == (held["value"].to_pylist()[::-1] if down else held["value"].to_pylist())


def test_expanded_lists_say_that_there_is_more(sta, store):
    """A list inside an entity that was cut has its own nextLink and count: no client loses data silently."""
    thing = sta.get(
        "Things('hk.epd.marine.DM1')",
        params={"$expand": "Datastreams($top=3;$count=true;$expand=Observations($top=5;$count=true))"},
    ).json()
    table = store.reader().datastreams("hk.epd.marine.DM1")
    assert thing["Datastreams@iot.count"] == table.num_rows
    assert len(thing["Datastreams"]) == 3
    rest = every(sta, thing["Datastreams@iot.nextLink"])
    assert len(rest) == table.num_rows - 3
    for one in thing["Datastreams"]:
        whole = [row["@iot.id"] for row in one["Observations"]]
        if "Observations@iot.nextLink" in one:
            whole += [row["@iot.id"] for row in every(sta, one["Observations@iot.nextLink"])]
        assert len(set(whole)) == one["Observations@iot.count"]


def test_the_newest_of_every_datastream(sta, store):
    """The question that dashboards ask: the last value of each series of a station, in one request."""
    query = "$expand=Observations($orderby=phenomenonTime desc;$top=1)&$top=1000"
    listed = sta.get(f"Things('hk.epd.marine.DM1')/Datastreams?{query}").json()["value"]
    latest = store.reader().latest(["hk.epd.marine.DM1"])
    assert sorted(one["Observations"][0]["result"] for one in listed) == sorted(latest["value"].to_pylist())


@pytest.mark.parametrize(
    ("text", "keep"),
    [
        ("result gt 6", lambda t: pc.greater(t["value"], 6)),
        (
            "result le 5.5 or result ge 7",
            lambda t: pc.or_(pc.less_equal(t["value"], 5.5), pc.greater_equal(t["value"], 7)),
        ),
        ("not (result gt 6)", lambda t: pc.less_equal(t["value"], 6)),
        ("result mul 2 sub 1 gt 11", lambda t: pc.greater(pc.subtract(pc.multiply(t["value"], 2), 1), 11)),
        ("round(result) eq 6", lambda t: pc.equal(pc.round(t["value"]), 6)),
        (
            "year(phenomenonTime) eq 2018 and month(phenomenonTime) le 6",
            lambda t: pc.and_(pc.equal(pc.year(t["time"]), 2018), pc.less_equal(pc.month(t["time"]), 6)),
        ),
        (
            "phenomenonTime ge 2018-01-01T00:00:00Z and phenomenonTime lt 2019-01-01T00:00:00Z",
            lambda t: pc.equal(pc.year(t["time"]), 2018),
        ),
        (
            "during(phenomenonTime, 2018-01-01T00:00:00Z/2019-01-01T00:00:00Z)",
            lambda t: pc.equal(pc.year(t["time"]), 2018),
        ),
        ("phenomenonTime lt 2018-01-01T00:00:00Z/2019-01-01T00:00:00Z", lambda t: pc.less(pc.year(t["time"]), 2018)),
        ("Datastream/Thing/name eq 'Nowhere' or result lt 5", lambda t: pc.less(t["value"], 5)),
        ("FeatureOfInterest/id eq 'hk.epd.marine.DM1' and result lt 5", lambda t: pc.less(t["value"], 5)),
        ("resultQuality in (1,2)", lambda t: pc.is_in(t["flag"], pa.array([1, 2], pa.int8()))),
    ],
)
def test_filters_on_observations_are_right(sta, store, text, keep):
    """A filter leaves what the same condition leaves of the store's own rows, one series or all of a station."""
    held = store.reader().observations(stations=["hk.epd.marine.DM1"], properties=["DO"], depths=["surface"])
    wanted = sorted(held.filter(keep(held))["value"].to_pylist())
    one = stream(sta)
    found = every(sta, one["Observations@iot.navigationLink"], **{"$filter": text, "$top": 50})
    assert sorted(row["result"] for row in found) == wanted
    wide = f"Datastream/id eq {one['@iot.id']} and ({text})"
    found = sta.get(
        "Observations", params={"$filter": wide, "$count": "true", "$top": 10000, "$orderby": "result"}
    ).json()
    assert [row["result"] for row in found["value"]] == wanted
    assert found["@iot.count"] == len(wanted)


@pytest.mark.parametrize(
    ("path", "text", "some_id"),
    [
        ("Things", "name eq 'DM1' or properties/code eq 'DM1'", "hk.epd.marine.DM1"),
        (
            "Things",
            "Datastreams/ObservedProperty/id eq 'DO' and properties/medium eq 'sea' and endswith(id,'DM1')",
            "hk.epd.marine.DM1",
        ),
        ("Things", "Locations/location ne null and substringof('DM2', id)", "hk.epd.marine.DM2"),
        (
            "Locations",
            "geo.distance(location, geography'POINT(113.9 22.5)') lt 0.1 and contains(id,'DM')",
            "hk.epd.marine.DM2",
        ),
        ("ObservedProperties", "tolower(name) eq 'dissolved oxygen'", "DO"),
        ("ObservedProperties", "length(id) eq 2 and indexof(name,'oxygen') gt 0", "DO"),
        ("Sensors", "Datastreams/Thing/id eq 'hk.epd.marine.DM1'", "not-stated.hk.epd.marine"),
        (
            "FeaturesOfInterest",
            "st_within(feature, geography'POLYGON((113 22,115 22,115 23,113 23,113 22))') "
            "and id eq 'hk.epd.marine.DM1'",
            "hk.epd.marine.DM1",
        ),
    ],
)
def test_filters_on_entities(sta, path, text, some_id):
    """Attributes, relations to one and to many, text, and places."""
    found = [one["@iot.id"] for one in every(sta, path, **{"$filter": text})]
    assert some_id in found
    assert len(found) < len(every(sta, path, **{"$top": 10000}))


def test_order_select_count_and_skip(sta):
    """Orders by a path, several keys and directions; selected attributes alone; the count is that of all."""
    answer = sta.get(
        "Things", params={"$orderby": "properties/medium desc,name", "$select": "name,id", "$top": 5, "$count": "true"}
    ).json()
    assert len(answer["value"]) == 5
    assert set(answer["value"][0]) == {"name", "@iot.id"}
    assert answer["@iot.count"] == len(every(sta, "Things", **{"$top": 100}))
    names = [one["name"] for one in every(sta, "Things", **{"$orderby": "name", "$select": "name", "$top": 100})]
    assert names == sorted(names)
    second = sta.get("Things", params={"$orderby": "name", "$select": "name", "$skip": 1, "$top": 1}).json()["value"]
    assert second[0]["name"] == names[1]


def test_attributes_and_their_bare_values(sta):
    """An attribute has an address of its own, inside JSON too, and its value a barer one."""
    assert sta.get("Things('hk.epd.marine.DM1')/properties/medium").json() == {"medium": "sea"}
    assert sta.get("Things('hk.epd.marine.DM1')/properties/medium/$value").text == "sea"
    one = stream(sta)
    first = sta.get(one["Observations@iot.navigationLink"], params={"$top": 1}).json()["value"][0]
    assert sta.get(first["@iot.selfLink"] + "/result").json() == {"result": first["result"]}
    assert sta.get(first["@iot.selfLink"] + "/Datastream").json()["@iot.id"] == one["@iot.id"]
    assert sta.get(first["@iot.selfLink"] + "/Datastream/Thing/Locations").json()["value"]


def test_arrays_say_the_same_as_entities(sta):
    """``$resultFormat=dataArray`` gives the same values in less than half of the bytes."""
    link = stream(sta)["Observations@iot.navigationLink"]
    whole, packed = sta.get(link), sta.get(link, params={"$resultFormat": "dataArray"})
    block = packed.json()["value"][0]
    at = block["components"].index("result")
    assert [row[at] for row in block["dataArray"]] == [one["result"] for one in whole.json()["value"]]
    assert len(packed.content) * 2 < len(whole.content)


def test_below_detection_and_flags_are_told(sta, store):
    """A value below the detection limit is the limit, and says so; the flag is QARTOD's."""
    held = store.reader().relation().filter("censoring = '<'").limit(1).fetchall()[0]
    one = stream(sta, held[0], held[1], held[2])
    found = sta.get(one["Observations@iot.navigationLink"], params={"$filter": "parameters/censoring eq '<'"}).json()
    assert found["value"][0]["parameters"] == {"censoring": "<"}
    assert found["value"][0]["resultQuality"] in (1, 2, 3, 4, 9)


@pytest.mark.parametrize(
    ("path", "status", "where"),
    [
        ("Nothings", 404, "path"),
        ("Things('nobody')", 404, "path"),
        ("Things('hk.epd.marine.DM1')/Nothing", 404, "path"),
        ("Things('hk.epd.marine.DM1')/Datastreams/name", 404, "path"),
        ("Datastreams(999999)/Observations", 404, "path"),
        ("Observations('1-5')", 404, "path"),
        ("Observations('x')", 404, "path"),
        ("Things?$filter=name eq", 400, "$filter"),
        ("Things?$filter=nothing eq 1", 400, "$filter"),
        ("Observations?$filter=result gt 'high'", 400, "$filter"),
        ("Observations?$filter=st_within(result, geography'POINT(1 2)')", 400, "$filter"),
        ("Things?$top=-1", 400, "$top"),
        ("Things?$top=1&$top=2", 400, "$top"),
        ("Things?$expand=Nothing", 400, "$expand"),
        ("Things?$select=nothing", 400, "$select"),
        ("Things?$orderby=nothing", 400, "$filter"),
        ("Things?nothing=1", 400, "nothing"),
    ],
)
def test_what_cannot_be_answered_is_told(sta, path, status, where):
    """Status and place of the fault, and the way out where there is one."""
    answer = sta.get(path)
    assert answer.status_code == status, answer.text
    assert answer.json()["where"] == where
