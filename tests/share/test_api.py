"""The API over real data: shapes, order, paging, refusals."""

import csv
import io

import pytest
from pyarrow import parquet

from clearbay import packs
from clearbay.share import law_shapes, portrait_shapes, schemas

OK = [
    ("/api/health", schemas.Health),
    ("/api/meta", schemas.Meta),
    ("/api/standards", schemas.Listing[schemas.StandardSummary]),
    *((f"/api/standards/{name}", schemas.StandardDetail) for name in packs.standards()),
    ("/api/stations", schemas.Page[schemas.StationShape]),
    ("/api/stations?medium=sea&zone=hk.wcz.deep-bay&located=true&q=deep", schemas.Page[schemas.StationShape]),
    ("/api/stations/hk.epd.marine.DM1", schemas.StationDetail),
    ("/api/stations/hk.epd.river.JR11", schemas.StationDetail),
    ("/api/stations/hk.epd.air.Central", schemas.StationDetail),
    ("/api/observations?limit=500", schemas.Page[schemas.ObservationShape]),
    ("/api/observations?station=hk.epd.marine.DM1&property=E_coli&format=columns", schemas.SeriesColumns),
    ("/api/assessments?standard=cn.gb3097-1997", schemas.AssessmentPage),
    ("/api/assessments?standard=cn.gb3097-1997&property=DIN&depth=bottom&period=2018-Q3", schemas.AssessmentPage),
    ("/api/assessments?standard=cn.gb3838-2002&shape=matrix&granularity=month", schemas.AssessmentMatrix),
    ("/api/assessments?standard=hk.wqo-marine&shape=matrix", schemas.AssessmentMatrix),
    ("/api/assessments?standard=hk.aqhi-2013&granularity=day&shape=matrix", schemas.AssessmentMatrix),
    ("/api/assessments?standard=hk.aqhi-2025&shape=matrix", schemas.AssessmentMatrix),
    ("/api/explain?station=hk.epd.marine.DM1&standard=cn.gb3097-1997&period=2018", schemas.Explanation),
    ("/api/explain?station=hk.epd.marine.DM1&standard=hk.wqo-marine&period=2018", schemas.Explanation),
    ("/api/explain?station=hk.epd.river.JR11&standard=cn.gb3838-2002&period=2016-Q1", schemas.Explanation),
    ("/api/explain?station=hk.epd.air.Central&standard=hk.aqhi-2013&period=2017-01-02", schemas.Explanation),
    ("/api/explain?station=hk.epd.marine.DM1&standard=cn.gb3097-1997&period=1999", schemas.Explanation),
    ("/api/zones", schemas.Listing[schemas.ZoneShape]),
    ("/api/zones?standard=hk.wqo-marine&granularity=year", schemas.Listing[schemas.ZoneShape]),
    ("/api/zones/hk.wcz.deep-bay", schemas.ZoneDetail),
    ("/api/zones/hk.wcz.deep-bay?standard=cn.gb3097-1997&granularity=month&depth=surface", schemas.ZoneDetail),
    ("/api/zones/hk.wcz.junk-bay?standard=cn.gb3097-1997", schemas.ZoneDetail),
    ("/api/portraits?kind=zone&standard=cn.gb3097-1997&period=2018-07", portrait_shapes.PortraitListing),
    ("/api/portraits?kind=city&standard=cn.gb3838-2002", portrait_shapes.PortraitListing),
    ("/api/portraits?kind=basin&standard=cn.gb3838-2002&granularity=day", portrait_shapes.PortraitListing),
    ("/api/portraits?kind=section&standard=hk.aqhi-2013&granularity=month", portrait_shapes.PortraitListing),
    ("/api/portraits/zone/hk.wcz.deep-bay?standard=cn.gb3097-1997&period=2018-07", portrait_shapes.PortraitShape),
    (
        "/api/portraits/city/810000?standard=cn.gb3097-1997&granularity=12months&period=2018-07&target=3",
        portrait_shapes.PortraitShape,
    ),
    ("/api/portraits/zone/hk.wcz.deep-bay?standard=hk.wqo-marine", portrait_shapes.PortraitShape),
    (
        "/api/portraits/section/hk.epd.river.JR11?standard=cn.gb3838-2002&granularity=3years",
        portrait_shapes.PortraitShape,
    ),
    ("/api/portraits/basin/cn.cnemc.珠江流域?standard=cn.gb3838-2002&granularity=month", portrait_shapes.PortraitShape),
    ("/api/crosswalk", law_shapes.CrosswalkShape),
    ("/api/compare?property=DO&on=2026-04-01", law_shapes.ComparisonShape),
    ("/api/compare?property=PM2_5&on=2026-04-01", law_shapes.ComparisonShape),
    ("/api/compare?property=DIN&on=1990-01-01&use=bathing", law_shapes.ComparisonShape),
    ("/api/targets", schemas.Listing[portrait_shapes.TargetShape]),
    ("/api/timeline", schemas.Timeline),
    ("/api/timeline?medium=air&granularity=day", schemas.Timeline),
    ("/api/search?q=bay", schemas.Listing[schemas.HitShape]),
    ("/api/search", schemas.Listing[schemas.HitShape]),
    ("/api/layers", schemas.Listing[schemas.LayerShape]),
]


@pytest.mark.parametrize(("address", "shape"), OK, ids=[address for address, _ in OK])
def test_answers_have_the_shapes_that_the_reference_promises(client, address, shape):
    """Nothing is missing from an answer and nothing is in it that the document does not declare."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    shape.model_validate_json(answer.content)


REFUSED = [
    (404, "/api/standards/gb3097", "id", "cn.gb3097-1997"),
    (404, "/api/stations/DM1", "id", "hk.epd.marine.DM1"),
    (404, "/api/zones/hk.wcz.deepbay", "id", "hk.wcz.deep-bay"),
    (404, "/api/layers/lnd", "id", "land"),
    (404, "/api/assessments?standard=cn.gb3079", "standard", "cn.gb3097-1997"),
    (404, "/api/assessments?standard=cn.gb3097-1997&property=DIM", "property", "DIN"),
    (404, "/api/assessments?standard=cn.gb3097-1997&station=hk.epd.marine.DM9", "station", "hk.epd.marine.DM"),
    (404, "/api/assessments?standard=cn.gb3097-1997&zone=hk.wcz.toto", "zone", "hk.wcz.tolo"),
    (404, "/api/stations?water=Deep+Bai", "water", "deep bay"),
    (404, "/api/observations?station=DM1", "station", "hk.epd.marine.DM1"),
    (404, "/api/observations?property=DOO", "property", "DO"),
    (404, "/api/nothing/here", "path", "/docs"),
    (422, "/api/assessments", "standard", ""),
    (422, "/api/assessments?standard=cn.gb3097-1997&granularity=week", "granularity", "'year'"),
    (422, "/api/assessments?standard=hk.wqo-marine&granularity=month", "granularity", "year"),
    (422, "/api/assessments?standard=hk.wqo-marine&period=2018-07", "period", "year"),
    (422, "/api/assessments?standard=cn.gb3097-1997&period=2018-13", "period", "2019-Q3"),
    (422, "/api/assessments?standard=cn.gb3097-1997&period=2018&granularity=month", "period", "leave one"),
    (422, "/api/assessments?standard=cn.gb3097-1997&period=2018&from=2017", "period", "one or the other"),
    (422, "/api/assessments?standard=cn.gb3097-1997&from=2019&to=2017", "from", "exchange"),
    (422, "/api/assessments?standard=cn.gb3097-1997&bbox=1,2,3", "bbox", "113.8"),
    (422, "/api/assessments?standard=cn.gb3838-2002&depth=bottom", "depth", "mean"),
    (422, "/api/assessments?standard=cn.gb3097-1997&property=salinity", "property", "DIN"),
    (422, "/api/assessments?standard=hk.aqhi-2013&granularity=hour&shape=matrix", "shape", "rows"),
    (422, "/api/assessments?standard=hk.aqhi-2013&granularity=hour", "granularity", "station"),
    (422, "/api/stations?bbox=200,0,1,1", "bbox", "113.8"),
    (422, "/api/stations?limit=0", "limit", "at least 1"),
    (422, "/api/stations?limit=many", "limit", ""),
    (422, "/api/stations?cursor=nonsense", "cursor", "next"),
    (422, "/api/stations?medim=sea", "medim", "medium"),
    (422, "/api/observations?from=2019-02-30", "from", "2019"),
    (422, "/api/observations?from=2019&to=2018", "from", "exchange"),
    (422, "/api/observations?limit=20000", "limit", "10,000"),
    (422, "/api/observations?format=columns", "format", "one station"),
    (422, "/api/observations?format=csv&cursor=abc", "cursor", "leave"),
    (422, "/api/observations?as_of=soon", "as_of", "2019"),
    (422, "/api/explain?station=hk.epd.marine.DM1&standard=cn.gb3838-2002&period=2018", "station", "rule sets"),
    (422, "/api/explain?station=hk.epd.marine.DM1&standard=cn.gb3097-1997&period=x", "period", "2019"),
    (422, "/api/timeline?granularity=hour", "granularity", "'year'"),
    (422, "/api/search?limit=1000", "limit", "at most 200"),
    (422, "/api/health?x=1", "x", "known here"),
]


@pytest.mark.parametrize(("status", "address", "where", "mend"), REFUSED, ids=[case[1] for case in REFUSED])
def test_what_cannot_be_answered_is_refused_with_the_way_out(client, status, address, where, mend):
    """A problem names the part of the request that is wrong and how to mend it, and is cached by nobody."""
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "where", "mend"}
    assert problem["status"] == status
    assert problem["where"] == where
    assert problem["detail"]
    assert mend in problem["mend"]


def test_only_reading_is_offered(client):
    """Writing is answered by 405 with what is allowed."""
    answer = client.post("/api/stations")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["where"] == "method"


def test_empty_parameters_count_as_left_out(client):
    """A form that sends every field gives the same answer as an address with the filled ones only."""
    short = client.get("/api/assessments?standard=cn.gb3097-1997")
    assert client.get("/api/assessments?standard=cn.gb3097-1997&period=&bbox=&station=").json() == short.json()


@pytest.mark.parametrize(
    ("address", "limit"),
    [
        ("/api/stations?", 37),
        ("/api/observations?station=hk.epd.marine.DM1,hk.epd.marine.VM1&", 313),
        ("/api/observations?property=DO&from=2018&to=2018-06&", 97),
        ("/api/assessments?standard=cn.gb3097-1997&granularity=month&", 61),
    ],
)
def test_pages_together_are_the_whole(client, address, limit):
    """Following next gives every row once, in order; the total is the same on every page."""
    whole = client.get(f"{address}limit=10000").json()
    assert whole["next"] is None
    assert whole["total"] == len(whole["items"])
    items, cursor = [], ""
    while True:
        page = client.get(f"{address}limit={limit}&cursor={cursor}").json()
        items += page["items"]
        assert page["total"] == whole["total"]
        if page["next"] is None:
            break
        assert len(page["items"]) == limit
        cursor = page["next"]
    assert items == whole["items"]


def test_a_page_belongs_to_its_query(client):
    """A cursor carried to other filters is refused instead of skipping rows in silence."""
    cursor = client.get("/api/stations?medium=sea&limit=2").json()["next"]
    answer = client.get(f"/api/stations?medium=air&limit=2&cursor={cursor}")
    assert answer.status_code == 422
    assert answer.json()["where"] == "cursor"


@pytest.mark.parametrize("water", ["deep bay", "后海灣", "Deep Bay"])
def test_a_water_body_is_asked_for_by_any_of_its_names(client, water):
    """The verdicts on a water are those on its stations, whatever language names it."""
    stations = client.get("/api/stations", params={"water": water, "medium": "sea"}).json()["items"]
    assert {"hk.epd.marine.DM1", "hk.epd.marine.DM2"} <= {row["id"] for row in stations}
    rows = client.get("/api/assessments", params={"standard": "hk.wqo-marine", "water": water}).json()["items"]
    assert {row["station"] for row in rows} == {"hk.epd.marine.DM1", "hk.epd.marine.DM2"}


def test_a_family_of_rule_sets_goes_by_date(client):
    """hk.aqhi takes for each hour the version then in force; in 2017 that is the one of 2013."""
    by_date = client.get("/api/assessments?standard=hk.aqhi&granularity=month").json()
    dated = client.get("/api/assessments?standard=hk.aqhi-2013&granularity=month").json()
    assert by_date["items"] == dated["items"]
    assert by_date["standard"] == "hk.aqhi"
    assert client.get("/api/standards/hk.aqhi").json()["id"] == "hk.aqhi-2025"
    explained = client.get("/api/explain?standard=hk.aqhi&station=hk.epd.air.Central&period=2017-01").json()
    assert explained["items"][0]["statistic"] == "added_risk"


def test_the_matrix_equals_the_rows(client):
    """Over the wire too: each cell of the matrix is a row and each row a cell."""
    address = "/api/assessments?standard=cn.gb3097-1997&granularity=season&bbox=113.8,22.1,114.2,22.6&from=2018&to=2018"
    matrix, rows = client.get(f"{address}&shape=matrix").json(), client.get(address).json()["items"]
    cells = {
        (station, period): matrix["grades"][matrix["grade"][i][j]]
        for i, station in enumerate(matrix["stations"])
        for j, period in enumerate(matrix["periods"])
        if matrix["grade"][i][j] >= 0
    }
    assert cells == {(row["station"], row["period"]): row["grade"] for row in rows}
    assert matrix["periods"] == ["2018-Q1", "2018-Q2", "2018-Q3", "2018-Q4"]
    assert rows


def test_columns_are_the_rows_of_one_series(client):
    """The same values, times and depths in the same order, once as rows and once as columns."""
    address = "/api/observations?station=hk.epd.marine.DM1&property=DIN"
    rows, columns = client.get(f"{address}&limit=10000").json()["items"], client.get(f"{address}&format=columns").json()
    assert columns["value"] == [row["value"] for row in rows]
    assert columns["depth"] == [row["depth"] for row in rows]
    assert columns["censoring"] == [row["censoring"] for row in rows]
    assert len(set(map(len, (columns[name] for name in ("depth", "time", "value", "censoring", "flag"))))) == 1
    assert columns["total"] == len(rows)


def test_downloads_hold_what_the_pages_hold(client):
    """CSV and Parquet give the rows of the JSON list, carry their credit, and are named after what was asked for."""
    address = "/api/observations?station=hk.epd.marine.DM1&from=2018&to=2018"
    rows = client.get(f"{address}&limit=10000").json()["items"]
    as_csv, as_parquet = client.get(f"{address}&format=csv"), client.get(f"{address}&format=parquet")
    for answer in (as_csv, as_parquet):
        assert "Environmental Protection Department" in answer.headers["x-attribution"]
        assert 'rel="license"' in answer.headers["link"]
        assert "hk.epd.marine.DM1" in answer.headers["content-disposition"]
    read = list(csv.DictReader(io.StringIO(as_csv.text)))
    assert [(row["time"], float(row["value"])) for row in read] == [(row["time"], row["value"]) for row in rows]
    table = parquet.read_table(io.BytesIO(as_parquet.content))
    assert table.column("value").to_pylist() == [row["value"] for row in rows]
    assert b"Environmental Protection Department" in table.schema.metadata[b"attribution"]


def test_assessments_download_in_every_format(client):
    """CSV, Parquet and GeoJSON hold the same verdicts; what has no position is not in the GeoJSON."""
    address = "/api/assessments?standard=cn.gb3838-2002&granularity=year"
    rows = client.get(address).json()["items"]
    read = list(csv.DictReader(io.StringIO(client.get(f"{address}&format=csv").text)))
    assert [(row["station"], row["period"], row["grade"]) for row in read] == [
        (row["station"], row["period"], row["grade"]) for row in rows
    ]
    assert read[0]["determinants"].split(";") == rows[0]["determinants"] or not rows[0]["determinants"]
    table = parquet.read_table(io.BytesIO(client.get(f"{address}&format=parquet").content))
    assert table.num_rows == len(rows)
    assert client.get(f"{address}&format=geojson").json()["features"] == []
    sea = client.get("/api/assessments?standard=cn.gb3097-1997&period=2018&format=geojson").json()
    assert {feature["properties"]["station"] for feature in sea["features"]} >= {"hk.epd.marine.DM1"}
    assert sea["attribution"]


def test_stations_download_too(client):
    """Every station is in the CSV, every located one in the GeoJSON with its point."""
    stations = client.get("/api/stations").json()["items"]
    read = list(csv.DictReader(io.StringIO(client.get("/api/stations?format=csv").text)))
    assert [row["id"] for row in read] == [row["id"] for row in stations]
    features = client.get("/api/stations?format=geojson").json()["features"]
    assert {feature["id"] for feature in features} == {row["id"] for row in stations if row["longitude"] is not None}


def test_unknown_positions_stay_unknown(client):
    """A river without coordinates has null, in the list and in its own page."""
    answer = client.get("/api/stations/hk.epd.river.JR11").json()
    assert (answer["longitude"], answer["latitude"]) == (None, None)
    assert client.get("/api/stations?located=false&medium=river").json()["total"] > 80


def test_a_station_says_what_can_judge_it(client):
    """Series with their newest value, the source, and each rule set with what is missing for it."""
    answer = client.get("/api/stations/hk.epd.marine.DM1").json()
    series = next(one for one in answer["datastreams"] if (one["property"], one["depth"]) == ("DO", "surface"))
    assert series["latest"]["time"] == series["last"]
    assert series["unit"] == "mg/L"
    fits = {one["id"]: one for one in answer["rule_sets"]}
    assert fits["cn.gb3097-1997"]["applicable"]
    assert "Hg" in fits["cn.gb3097-1997"]["missing"]
    assert answer["source"]["attribution"]


def test_a_station_without_a_register_thanks_its_source(client):
    """A programme that no register lists has the title, licence and attribution of the source that reads it."""
    first = client.get("/api/stations?q=广东省&limit=1").json()["items"][0]["id"]
    source = client.get(f"/api/stations/{first}").json()["source"]
    assert source["id"] == "cn.cnemc"
    assert "CNEMC" in source["title"]["en"]
    assert source["licence"]
    assert "中国环境监测总站" in source["attribution"]
    download = client.get(f"/api/observations?station={first}&format=csv")
    assert (
        "China%20National" in download.headers["X-Attribution"] or "China National" in download.headers["X-Attribution"]
    )


def test_a_parameter_given_twice_is_refused(client):
    """``station=A&station=B`` would silently answer for one of them."""
    answer = client.get("/api/observations?station=hk.epd.marine.DM1&station=hk.epd.marine.DM2&limit=1")
    assert answer.status_code == 422
    assert answer.json()["where"] == "station"


def test_every_layer_of_the_list_is_there(client):
    """Each address answers GeoJSON, cacheable."""
    for layer in client.get("/api/layers").json()["items"]:
        answer = client.get(layer["url"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/geo+json"
        assert answer.json()["type"] == "FeatureCollection"


def test_an_answer_is_not_sent_twice_to_who_has_it(client):
    """The tag of any answer, sent back, is answered by 304; another address has another tag."""
    tags = set()
    for address, _ in OK:
        tag = client.get(address).headers["etag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        tags.add(tag)
    assert len(tags) == len(OK)


def test_other_origins_may_read(client):
    """CORS opens reading to any page, and shows it the headers that it needs."""
    answer = client.get("/api/health", headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    asked = client.options(
        "/api/health", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    )
    assert asked.status_code == 200


def test_the_laws_stand_side_by_side(client):
    """Limits of oxygen for bathing: one grade a rule set, in one unit, and who has none says why."""
    found = client.get("/api/compare?property=DO&on=2020-06-01&use=bathing").json()
    lines = {line["rule_set"]: line for line in found["lines"]}
    assert lines["cn.gb3838-2002"]["grade"] == "III"
    assert lines["cn.gb3097-1997"]["grade"] == "2"
    assert {line["unit"] for line in found["lines"] if line["comparable"]} == {"mg/L"}
    assert all(one["text"]["pt"] for one in found["absent"])
    everything = client.get("/api/compare?property=DO&on=2020-06-01").json()
    assert len(everything["lines"]) > len(found["lines"])
