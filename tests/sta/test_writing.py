"""What clients make, alter and may not delete."""

import httpx
import pytest

from clearbay.store.keys import Keys
from tests.sta.conftest import MEASUREMENT
from tests.sta.served import copy, served


def post(sta, stream, result, time, **more):
    answer = sta.post(
        f"Datastreams({stream['@iot.id']})/Observations", json={"result": result, "phenomenonTime": time, **more}
    )
    return answer


def test_a_deep_insert_makes_everything_once(sta, make):
    """A Thing with its Location, Datastream, Sensor and ObservedProperty; the move is remembered."""
    one = make(definition="urn:mine", properties={"depth": "surface"})
    thing = one["Thing"]
    assert one["ObservedProperty"]["definition"] == "urn:mine"
    assert one["Sensor"]["metadata"] == "none"
    assert thing["Locations"][0]["location"]["coordinates"] == [113.5, 22.5]
    assert len(thing["HistoricalLocations"]) == 1
    station = httpx.get(str(sta.base_url).replace("sta/v1.1/", f"api/stations/{thing['@iot.id']}")).json()
    assert (station["longitude"], station["latitude"], station["name"]["en"]) == (113.5, 22.5, thing["name"])


def test_an_observation_is_read_back_as_it_was_sent(sta, make):
    """In the client's own unit to the last digit, at its own time, with what it carried."""
    one = make(symbol="ug/L")
    carried = {"parameters": {"operator": "Chan"}, "validTime": "2024-01-01T00:00:00Z/2024-01-02T00:00:00Z"}
    answer = post(
        sta, one, 12.3, "2024-01-01T08:00:00+08:00", resultTime="2024-01-03T00:00:00Z", resultQuality=1, **carried
    )
    assert answer.status_code == 201
    found = sta.get(answer.headers["location"]).json()
    assert found["result"] == 12.3
    assert found["phenomenonTime"] == "2024-01-01T00:00:00Z"
    assert found["resultTime"] == "2024-01-03T00:00:00Z"
    assert found["resultQuality"] == 1
    assert {name: found[name] for name in carried} == carried
    # What is judged stands in the unit of the law.
    stored = httpx.get(
        str(sta.base_url).replace("sta/v1.1/", "api/observations"),
        params={"station": one["Thing"]["@iot.id"], "property": "NH3N"},
    ).json()
    assert stored["items"][0]["value"] == pytest.approx(0.0123)
    assert found["@iot.id"] in [
        row["@iot.id"]
        for row in sta.get(f"Datastreams({one['@iot.id']})/Observations?$filter=result eq 12.3").json()["value"]
    ]


def test_sending_it_twice_changes_nothing_and_another_value_is_a_revision(sta, make):
    """A repeated POST is answered by the same observation; a contradicting one by its next revision."""
    one = make()
    links = {post(sta, one, value, "2024-01-01T00:00:00Z").headers["location"] for value in (1.0, 1.0)}
    assert len(links) == 1
    link = links.pop()
    assert "parameters" not in sta.get(link).json()
    assert post(sta, one, 2.0, "2024-01-01T00:00:00Z").headers["location"] == link
    assert sta.get(link).json() | {"parameters": {"revision": 2}, "result": 2.0} == sta.get(link).json()


def test_a_correction_is_a_revision_and_a_deletion_is_refused(sta, make):
    """PATCH keeps what it does not name; DELETE says why not, and what to do."""
    one = make()
    link = post(sta, one, 1.0, "2024-01-01T00:00:00Z", parameters={"lab": "A"}).headers["location"]
    changed = sta.patch(link, json={"resultQuality": 4})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["result"], changed.json()["resultQuality"]) == (1.0, 4)
    assert changed.json()["parameters"] == {"lab": "A", "revision": 2}
    refused = sta.delete(link)
    assert refused.status_code == 405
    assert "PATCH" in refused.json()["mend"]
    assert sta.patch(link, json={"phenomenonTime": "2024-01-02T00:00:00Z"}).status_code == 409
    assert sta.delete(one["@iot.selfLink"]).status_code == 409
    assert sta.delete(one["Thing"]["@iot.selfLink"]).status_code == 409


def test_what_nothing_depends_on_is_deleted(sta, make):
    """A Thing without observations goes with its Datastreams; the shared Sensor stays."""
    one = make()
    assert sta.delete(one["Thing"]["@iot.selfLink"]).status_code == 200
    assert sta.get(one["Thing"]["@iot.selfLink"]).status_code == 404
    assert sta.get(one["@iot.selfLink"]).status_code == 404
    assert sta.get(one["Sensor"]["@iot.selfLink"]).status_code == 200
    assert sta.delete(one["Sensor"]["@iot.selfLink"]).status_code == 200
    assert sta.delete("Things('hk.epd.marine.DM1')").status_code == 409


def test_means_are_of_their_hour(sta, make):
    """An hourly mean is shown as the hour; one that lasts otherwise is refused."""
    one = make(properties={"averaging": "hour"})
    whole = post(sta, one, 1.0, "2024-01-01T00:00:00Z/2024-01-01T01:00:00Z")
    shown = sta.get(whole.headers["location"]).json()
    assert shown["phenomenonTime"] == "2024-01-01T00:00:00Z/2024-01-01T01:00:00Z"
    assert post(sta, one, 1.0, "2024-01-01T00:00:00Z/2024-01-01T02:00:00Z").status_code == 400
    lasting = "during(phenomenonTime, 2024-01-01T00:00:00Z/2024-01-01T00:30:00Z)"
    link = f"Datastreams({one['@iot.id']})/Observations"
    assert sta.get(link, params={"$filter": lasting}).json()["value"] == []
    assert len(sta.get(link, params={"$filter": lasting.replace("during", "overlaps")}).json()["value"]) == 1


@pytest.mark.parametrize(
    ("name", "definition", "code"),
    [
        ("氨氮", "urn:x", "NH3N"),
        ("whatever", "https://vocab.nerc.ac.uk/standard_name/mass_concentration_of_oxygen_in_sea_water/", "DO"),
        ("whatever", "urn:w21011", "TP"),
        ("Dissolved Oxygen", "http://example.org/something", "DO"),
        ("Luminous Flux", "http://example.org/LuminousFlux", "x.luminous-flux"),
        ("Temperature", "http://example.org/AirTemperature", "x.temperature"),
    ],
)
def test_properties_are_known_by_definition_code_or_name(sta, make, name, definition, code):
    """A client's words lead to the property of the packs; what they do not know is kept under its own code."""
    one = make(name=name, definition=definition, symbol="mg/L")
    answer = post(sta, one, 5.25, "2024-01-01T00:00:00Z")
    assert answer.status_code == 201, answer.text
    assert sta.get(answer.headers["location"]).json()["result"] == 5.25
    found = httpx.get(str(sta.base_url).replace("sta/v1.1/", f"api/stations/{one['Thing']['@iot.id']}")).json()
    assert [series["property"] for series in found["datastreams"]] == [code]


def test_links_lead_to_what_is_there(sta, make):
    """A Datastream of known parts; a second of the same property at the same Thing is told where to post."""
    one = make()
    body = {
        "name": "second",
        "description": "",
        "observationType": MEASUREMENT,
        "unitOfMeasurement": {"name": "mg/L", "symbol": "mg/L", "definition": ""},
        "Thing": {"@iot.id": one["Thing"]["@iot.id"]},
        "Sensor": {"@iot.id": one["Sensor"]["@iot.id"]},
        "ObservedProperty": {"@iot.id": "TP"},
    }
    body = {**body, "description": "another"}
    made = sta.post("Datastreams", json=body)
    assert made.status_code == 201, made.text
    assert sta.get(made.headers["location"] + "/ObservedProperty").json()["@iot.id"] == "TP"
    again = sta.post("Datastreams", json=body)
    assert again.status_code == 409
    assert "already holds TP" in again.json()["detail"]


def test_a_feature_of_its_own(sta, make):
    """An observation made elsewhere than where its station stands keeps its own feature of interest."""
    one = make()
    place = {
        "name": "off the pier",
        "description": "a boat",
        "encodingType": "application/geo+json",
        "feature": {"type": "Point", "coordinates": [113.6, 22.4]},
    }
    link = post(sta, one, 1.0, "2024-01-01T00:00:00Z", FeatureOfInterest=place).headers["location"]
    usual = post(sta, one, 2.0, "2024-01-02T00:00:00Z").headers["location"]
    feature = sta.get(link + "/FeatureOfInterest").json()
    assert feature["feature"]["coordinates"] == [113.6, 22.4]
    assert sta.get(usual + "/FeatureOfInterest").json()["@iot.id"] == one["Thing"]["@iot.id"]
    behind = sta.get(feature["@iot.selfLink"] + "/Observations").json()["value"]
    assert [row["@iot.selfLink"] for row in behind] == [link]
    near = (
        "st_within(FeatureOfInterest/feature, geography'POLYGON((113.55 22,114 22,114 22.45,113.55 22.45,113.55 22))')"
    )
    found = sta.get(f"Datastreams({one['@iot.id']})/Observations", params={"$filter": near}).json()["value"]
    assert [row["@iot.selfLink"] for row in found] == [link]
    assert sta.delete(feature["@iot.selfLink"]).status_code == 409


def test_arrays_are_kept_and_wrong_rows_told_one_by_one(sta, make):
    """CreateObservations answers a link or an error for each row, in order; good rows stand."""
    one = make(symbol="ug/L")
    number = one["@iot.id"]
    plain = [[f"2024-02-{day:02d}T00:00:00Z", day / 10] for day in range(1, 29)]
    mixed = [["2024-03-01T00:00:00Z", "<0.5", "ok"], ["never", 1, ""], ["2024-03-02T00:00:00Z", "wet", ""]]
    late = [["2999-01-01T00:00:00Z", 1.0]]
    body = [
        {"Datastream": {"@iot.id": number}, "components": ["phenomenonTime", "result"], "dataArray": plain},
        {
            "Datastream": {"@iot.id": number},
            "components": ["phenomenonTime", "result", "resultQuality"],
            "dataArray": mixed,
        },
        {"Datastream": {"@iot.id": number}, "components": ["phenomenonTime", "result"], "dataArray": late},
    ]
    answer = sta.post("CreateObservations", json=body)
    assert answer.status_code == 201, answer.text
    links = answer.json()
    assert len(links) == 32
    assert [link.startswith("error") for link in links[28:]] == [False, True, True, True]
    read = sta.get(f"Datastreams({number})/Observations?$top=100&$select=result,parameters").json()["value"]
    assert [row["result"] for row in read] == [row[1] for row in plain] + [0.5]
    assert read[-1]["parameters"] == {"censoring": "<"}
    again = sta.post("CreateObservations", json=body).json()
    assert again[:28] == links[:28]


def test_a_batch_refers_to_what_it_made(sta, make):
    """Requests run in order and name what earlier ones made; one that fails does not stop the rest."""
    one = make()
    answer = sta.post(
        "$batch",
        json={
            "requests": [
                {"id": "s", "method": "post", "url": "Sensors",
                 "body": {"name": "new", "description": "d", "encodingType": "text/plain", "metadata": "m"}},
                {"id": "p", "method": "patch", "url": one["@iot.selfLink"], "body": {"Sensor": {"@iot.id": "$s"}}},
                {"id": "o", "method": "post", "url": f"Datastreams({one['@iot.id']})/Observations",
                 "body": {"result": 7, "phenomenonTime": "2024-01-01T00:00:00Z"}},
                {"id": "x", "method": "get", "url": "Nothings"},
                {"id": "g", "method": "get", "url": "$s/Datastreams?$select=name"},
            ]
        },
    )  # fmt: skip
    found = {row["id"]: row for row in answer.json()["responses"]}
    assert [found[name]["status"] for name in "spoxg"] == [201, 200, 201, 404, 200], answer.text
    assert found["g"]["body"]["value"] == [{"name": one["name"]}]
    assert sta.get(found["o"]["location"]).json()["result"] == 7


def test_a_group_happens_all_or_not_at_all(sta):
    """A change set with one wrong request leaves nothing behind."""
    good = {"name": "only together", "description": "d", "encodingType": "text/plain", "metadata": "m"}
    requests = [
        {"id": "1", "atomicityGroup": "g", "method": "post", "url": "Sensors", "body": good},
        {"id": "2", "atomicityGroup": "g", "method": "post", "url": "Sensors", "body": {"name": "no more"}},
    ]
    found = sta.post("$batch", json={"requests": requests}).json()["responses"]
    assert [row["status"] for row in found] == [424, 400]
    assert sta.get("Sensors", params={"$filter": "name eq 'only together'"}).json()["value"] == []
    requests[1]["body"] = good
    found = sta.post("$batch", json={"requests": requests}).json()["responses"]
    assert [row["status"] for row in found] == [201, 201]


def test_entities_are_altered_by_merge_replacement_and_patch(sta, make):
    """PATCH merges, PUT replaces, JSON Patch goes step by step; the home's own say little of themselves anew."""
    thing = make()["Thing"]["@iot.selfLink"]
    assert sta.patch(thing, json={"description": "new"}).json()["description"] == "new"
    steps = [{"op": "add", "path": "/properties", "value": {"owner": "me"}}]
    kind = {"content-type": "application/json-patch+json"}
    assert sta.patch(thing, json=steps, headers=kind).json()["properties"] == {"owner": "me"}
    replaced = sta.put(thing, json={"name": "n", "description": "d"}).json()
    assert replaced["properties"].get("owner") is None
    moved = {"name": "b", "description": "b", "encodingType": "application/geo+json",
             "location": {"type": "Point", "coordinates": [114.0, 22.3]}}  # fmt: skip
    assert sta.post(thing + "/Locations", json=moved).status_code == 201
    assert len(sta.get(thing + "/HistoricalLocations").json()["value"]) == 2
    assert sta.get(thing + "/Locations").json()["value"][0]["location"]["coordinates"] == [114.0, 22.3]
    own = sta.patch("Things('hk.epd.marine.DM2')", json={"properties": {"note": "seen"}})
    assert own.json()["properties"] == {"note": "seen"}
    assert sta.patch("Locations('hk.epd.marine.DM2')", json={"name": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("Things", {"name": "x"}, "description"),
        ("Things", [], "Things"),
        ("Things", {"name": "x", "description": "y", "properties": {"medium": "soup"}}, "properties.medium"),
        ("Sensors", {"name": "x", "description": "y", "encodingType": "z"}, "metadata"),
        (
            "Datastreams",
            {"name": "x", "description": "y", "observationType": "OM_CategoryObservation", "unitOfMeasurement": {}},
            "observationType",
        ),
        ("Observations", {"result": 1}, "Datastream"),
        ("Observations", {"result": 1, "Datastream": {"@iot.id": 99999}}, "Datastream"),
        ("CreateObservations", {}, "body"),
        ("$batch", {}, "body"),
    ],
)
def test_what_cannot_be_made_is_told(sta, path, body, where):
    """400 with the attribute at fault."""
    answer = sta.post(path, json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["where"] == where


@pytest.mark.parametrize(
    ("result", "time", "where"),
    [
        ("wet", "2024-01-01T00:00:00Z", "result"),
        (None, "2024-01-01T00:00:00Z", "result"),
        (True, "2024-01-01T00:00:00Z", "result"),
        (1, "yesterday", "phenomenonTime"),
        (1, "2999-01-01T00:00:00Z", "phenomenonTime"),
        (1, "1500-01-01T00:00:00Z", "phenomenonTime"),
    ],
)
def test_observations_that_cannot_be_are_told(sta, make, result, time, where):
    """400, and nothing is stored."""
    one = make()
    answer = post(sta, one, result, time)
    assert answer.status_code == 400, answer.text
    assert answer.json()["where"] == where
    assert sta.get(f"Datastreams({one['@iot.id']})/Observations?$count=true").json()["@iot.count"] == 0


def test_a_unit_must_fit_its_property(sta):
    """Milligrams of pH, or metres of ammonia, are refused with the unit that fits."""
    body = {
        "name": "n",
        "description": "d",
        "observationType": MEASUREMENT,
        "unitOfMeasurement": {"name": "metre", "symbol": "m", "definition": ""},
        "Thing": {"@iot.id": "hk.epd.marine.DM2"},
        "Sensor": {"name": "x", "description": "y", "encodingType": "z", "metadata": "m"},
        "ObservedProperty": {"@iot.id": "CODMn"},
    }
    answer = sta.post("Datastreams", json=body)
    assert (answer.status_code, answer.json()["where"]) == (400, "unitOfMeasurement")
    assert "mg/L" in answer.json()["mend"]


def test_writing_needs_a_key(tmp_path):
    """401 without one, 201 with one of role push, 403 where a change needs more; reading is free."""
    home = copy(tmp_path)
    with served(home, is_open=False) as url:
        from clearbay.store import Home

        with Home.open(home) as opened:
            key, _ = Keys(opened).add("client", "push")
        sensor = {"name": "x", "description": "y", "encodingType": "z", "metadata": "m"}
        with httpx.Client(base_url=f"{url}/sta/v1.1/", timeout=60) as client:
            assert client.get("Sensors").status_code == 200
            assert client.post("Sensors", json=sensor).status_code == 401
            head = {"Authorization": f"Bearer {key}"}
            made = client.post("Sensors", json=sensor, headers=head)
            assert made.status_code == 201
            assert client.post("Sensors", json=sensor, auth=("anyone", key)).status_code == 201
            assert client.patch(made.headers["location"], json={"name": "z"}, headers=head).status_code == 403
