"""Every rule of the loader, broken by one wrong pack, is refused with file, line and rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from clearbay import packs
from clearbay.model.errors import BadInput, PackError
from clearbay.packs import absent, basemap, casework, correspondence, geography, goals, register, vocabulary
from clearbay.packs.rules import RULES
from clearbay.packs.sheet import DATA
from tests.packs import rule_samples

STANDARD = """\
id: xx.test
family: xx.test
code: TEST 1
kind: class
jurisdiction: "440300"
media: [river]
name: {zh-Hans: 试, zh-Hant: 試, en: Test, pt: Teste}
issued: 2001-12-01
in_force_from: 2002-01-01
in_force_to: 2009-12-31
confidence: one_source
sources:
  T1: {ref: a page}
grades:
  - {id: I, colour: "#8fd3f4", colour_dark: "#a5e0fa", name: {zh-Hans: 一, zh-Hant: 一, en: I, pt: I}}
  - {id: II, colour: "#2a6fd0", colour_dark: "#3d7fe0", name: {zh-Hans: 二, zh-Hant: 二, en: II, pt: II}}
  - {id: II+, colour: "#b5121f", colour_dark: "#cf2b3a", name: {zh-Hans: 劣, zh-Hant: 劣, en: worse, pt: pior}}
items:
  - property: NH3N
    op: le
    unit: mg/L
    limits: {I: 0.5, II: 1.0}
    confidence: one_source
    sources: [T1]
  - property: DO
    op: ge
    unit: mg/L
    limits: {I: 6, II: 5}
    confidence: one_source
    sources: [T1]
  - property: pH
    op: range
    unit: "[pH]"
    limits: {I: [6.5, 8.5], II: [6, 9]}
    confidence: one_source
    sources: [T1]
"""

OBJECTIVES = """\
id: xx.objectives
family: xx.objectives
code: TEST 2
kind: attainment
jurisdiction: "810000"
media: [sea]
name: {zh-Hans: 试, zh-Hant: 試, en: Test, pt: Teste}
issued: null
in_force_from: 2002-01-01
in_force_to: null
confidence: one_source
sources:
  T1: {ref: a page}
grades:
  - {id: attained, colour: "#2a7fb8", colour_dark: "#4aa3df", name: {zh-Hans: 达, zh-Hant: 達, en: yes, pt: sim}}
  - {id: not_attained, colour: "#d1542c", colour_dark: "#e8703f", name: {zh-Hans: 未, zh-Hant: 未, en: "no", pt: não}}
objectives:
  - id: tin
    name: {zh-Hans: 氮, zh-Hant: 氮, en: TIN, pt: NIT}
    property: DIN
    op: le
    unit: mg/L
    statistic: annual_mean
    depth: mean
    zones: {hk.wcz.southern: 0.1}
    confidence: unverified
    sources: [T1]
"""

INDEX = """\
id: xx.index
family: xx.index
code: TEST 3
kind: index
jurisdiction: "810000"
media: [air]
name: {zh-Hans: 试, zh-Hant: 試, en: Test, pt: Teste}
issued: null
in_force_from: 2002-01-01
in_force_to: null
confidence: one_source
sources:
  T1: {ref: a page}
grades:
  - {id: "1", colour: "#3aa655", colour_dark: "#45b863", name: {zh-Hans: 一, zh-Hant: 一, en: "1", pt: "1"}}
  - {id: "2", colour: "#f5b335", colour_dark: "#f8c04d", name: {zh-Hans: 二, zh-Hant: 二, en: "2", pt: "2"}}
  - {id: 2+, colour: "#111111", colour_dark: "#c08cff", name: {zh-Hans: 二上, zh-Hant: 二上, en: 2+, pt: 2+}}
parameters:
  pollutants: [NO2, O3]
  averaging_hours: 3
  beta: {NO2: 0.0004, O3: 0.0005}
  band_max: {"1": 1.5, "2": 3.0}
  above: 2+
  parameters_confidence: one_source
"""

PROPERTIES = """\
sources:
  T1: {ref: a page}
properties:
  - {code: X, group: metals, unit: mg/L, unit_label: mg/L, decimals: 2, name: {zh-Hans: 甲, zh-Hant: 甲, en: X, pt: X}}
  - {code: Y, group: metals, unit: mg/L, unit_label: mg/L, decimals: 2, name: {zh-Hans: 乙, zh-Hant: 乙, en: Y, pt: Y}}
"""

JURISDICTIONS = """\
sources:
  T1: {ref: a page}
jurisdictions:
  - code: "100000"
    level: country
    legal_system: cn
    source: T1
    confidence: one_source
    name: {zh-Hans: 中国, zh-Hant: 中國, en: China, pt: China}
  - code: "440300"
    parent: "100000"
    level: city
    legal_system: cn
    source: T1
    confidence: one_source
    name: {zh-Hans: 深圳市, zh-Hant: 深圳市, en: Shenzhen, pt: Shenzhen}
"""

ZONES = """\
sources:
  T1: {ref: a page}
zones:
  - {id: a, kind: basin, jurisdiction: "440300", source: T1, confidence: one_source,
     name: {zh-Hans: 甲, zh-Hant: 甲, en: A, pt: A}}
  - {id: a.b, parent: a, kind: subzone, jurisdiction: "440300", source: T1, confidence: one_source,
     name: {zh-Hans: 乙, zh-Hant: 乙, en: B, pt: B}}
"""

REGISTER = """\
registers:
  - id: xx.net
    file: stations.csv
    medium: river
    jurisdiction: "440300"
    utc_offset: 480
    name: {zh-Hans: 网, zh-Hant: 網, en: Net, pt: Rede}
    authority: {zh-Hans: 局, zh-Hant: 局, en: Bureau, pt: Serviço}
    source: a page
    licence: none
    attribution: Bureau
    confidence: one_source
    notes: []
"""

STATIONS = """\
code,zone,longitude,latitude,name_zh-Hans,name_zh-Hant,name_en,name_pt,water_zh-Hans,water_zh-Hant,water_en,water_pt,note
A1,hk.wcz.southern,114.1,22.3,甲,甲,A,A,,,,,
A2,,,,乙,乙,B,B,乙河,乙河,B River,Rio B,
"""

LAYERS = """\
sources:
  T1: {ref: a page}
layers:
  - {id: sea, group: seawater, order: 1, geometry: polygon, default: true, file: sea.geojson, source: T1,
     licence: none, attribution: none, name: {zh-Hans: 海, zh-Hant: 海, en: Sea, pt: Mar}}
"""


def _standard(path: Path) -> object:
    return packs.load_standard(path)


def _properties(path: Path) -> object:
    return vocabulary.read_properties(path)


def _jurisdictions(path: Path) -> object:
    return geography.read_jurisdictions(path)


def _zones(path: Path) -> object:
    return geography.read_zones([path], packs.jurisdictions())


def _register(path: Path) -> object:
    (path.parent / "stations.csv").write_text(STATIONS, encoding="utf-8")
    return register.read_registers(path, packs.zones(), packs.jurisdictions())


def _stations(path: Path) -> object:
    (path.parent / "registers.yaml").write_text(REGISTER.replace("stations.csv", path.name), encoding="utf-8")
    return register.read_registers(path.parent / "registers.yaml", packs.zones(), packs.jurisdictions())


def _layers(path: Path) -> object:
    (path.parent / "sea.geojson").write_text("{}", encoding="utf-8")
    return basemap.read_layers(path, path.parent)


def _water_types(path: Path) -> object:
    return register.read_water_types(path)


def _rule(path: Path) -> object:
    return packs.load_rule_set(path)


def _crosswalk(path: Path) -> object:
    return correspondence.read_crosswalk(path, packs.properties(), packs.rule_sets())


def _playbook(path: Path) -> object:
    return casework.read_playbooks([path])


def _targets(path: Path) -> object:
    return goals.read_targets(path, packs.properties(), packs.rule_sets(), packs.jurisdictions())


def _not_sourced(path: Path) -> object:
    return absent.read_not_sourced(path, packs.properties(), packs.jurisdictions())


READERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "standard": (_standard, STANDARD),
    "objectives": (_standard, OBJECTIVES),
    "index": (_standard, INDEX),
    "limits": (_rule, rule_samples.LIMITS),
    "air index": (_rule, rule_samples.AIR_INDEX),
    "statistics": (_rule, rule_samples.STATISTICS),
    "rating": (_rule, rule_samples.RATING),
    "formula": (_rule, rule_samples.FORMULA),
    "scores": (_rule, rule_samples.SCORES),
    "crosswalk": (_crosswalk, rule_samples.CROSSWALK),
    "targets": (_targets, rule_samples.TARGETS),
    "not sourced": (_not_sourced, rule_samples.NOT_SOURCED),
    "properties": (_properties, PROPERTIES),
    "jurisdictions": (_jurisdictions, JURISDICTIONS),
    "zones": (_zones, ZONES),
    "register": (_register, REGISTER),
    "stations": (_stations, STATIONS),
    "playbook": (_playbook, rule_samples.PLAYBOOK),
    "layers": (_layers, LAYERS),
    "water types": (_water_types, "province,section,water_type,rows,agreement\n广东省,某断面,river,10,1.0\n"),
}


@dataclass(frozen=True)
class Wrong:
    """A pack made wrong by one edit; the problem stands on the line that holds ``at`` (by default the new text)."""

    rule: str
    pack: str
    old: str
    new: str
    at: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.pack}: {self.new.strip() or 'without ' + self.old.strip()}"[:70]


WRONG = [
    Wrong("syntax", "standard", "media: [river]", "media: [river"),
    Wrong("syntax", "stations", "zone,longitude", "zone,east", at="code,"),
    Wrong("boolean-key", "standard", "{ref: a page}", "{ref: a page, no: 3}", at="no: 3"),
    Wrong("text-key", "standard", "limits: {I: 0.5, II: 1.0}", "limits: {1: 0.5, II: 1.0}"),
    Wrong("text-key", "index", 'band_max: {"1": 1.5', "band_max: {1: 1.5", at="band_max"),
    Wrong("duplicate-key", "standard", "code: TEST 1\n", "code: TEST 1\ncode: TEST 2\n", at="code: TEST 2"),
    Wrong("duplicate-key", "standard", "limits: {I: 6, II: 5}", "limits: {I: 6, II: 5, II: 4}"),
    Wrong("unknown-key", "standard", "media: [river]\n", "media: [river]\nmediums: [lake]\n", at="mediums"),
    Wrong("unknown-key", "standard", "    op: le\n", "    op: le\n    limit: 3\n", at="limit: 3"),
    Wrong("unknown-key", "index", "averaging_hours: 3\n", "averaging_hours: 3\n  averaging_minutes: 5\n", at="minutes"),
    Wrong("unknown-key", "properties", "decimals: 2, name: {zh-Hans: 乙", "digits: 2, name: {zh-Hans: 乙", at="乙"),
    Wrong("missing-key", "standard", "code: TEST 1\n", "", at="id: xx.test"),
    Wrong("missing-key", "standard", "    limits: {I: 0.5, II: 1.0}\n", "", at="property: NH3N"),
    Wrong("missing-key", "index", "  averaging_hours: 3\n", "", at="pollutants"),
    Wrong("missing-key", "objectives", "    depth: mean\n", "", at="id: tin"),
    Wrong("missing-key", "register", "    licence: none\n", "", at="id: xx.net"),
    Wrong("wrong-type", "standard", "limits: {I: 0.5, II: 1.0}", "limits: {I: 0.5, II: much}"),
    Wrong("wrong-type", "standard", "items:\n", "items: none\nleft:\n", at="items: none"),
    Wrong("wrong-type", "properties", "decimals: 2, name: {zh-Hans: 乙", "decimals: two, name: {zh-Hans: 乙"),
    Wrong("not-allowed", "standard", "kind: class", "kind: classes"),
    Wrong("not-allowed", "standard", "op: ge", "op: above"),
    Wrong("not-allowed", "standard", "media: [river]", "media: [brook]"),
    Wrong("not-allowed", "objectives", "annual_mean", "annual_median"),
    Wrong("not-allowed", "layers", "group: seawater", "group: sky"),
    Wrong("not-allowed", "water types", "river,10", "brook,10"),
    Wrong("language", "standard", "en: Test, pt: Teste", "en: Test", at="en: Test"),
    Wrong("language", "standard", "pt: Teste", 'pt: ""', at="en: Test"),
    Wrong("language", "objectives", "en: TIN, pt: NIT", "en: TIN, fr: NIT", at="en: TIN"),
    Wrong("language", "stations", "乙,乙,B,B,乙河", "乙,,B,B,乙河", at="A2"),
    Wrong("confidence", "standard", "    limits: {I: 6, II: 5}\n    confidence: one_source\n",
          "    limits: {I: 6, II: 5}\n", at="property: DO"),
    Wrong("confidence", "standard", "confidence: one_source\nsources", "confidence: certain\nsources", at="certain"),
    Wrong("confidence", "standard", "    limits: {I: 6, II: 5}\n",
          "    limits: {I: 6, II: 5}\n    confidence_by_class: {II: sure}\n", at="sure"),
    Wrong("confidence", "index", "parameters_confidence: one_source", "parameters_confidence: sure"),
    Wrong("source", "standard", "sources: [T1]\n  - property: DO", "sources: [T9]\n  - property: DO", at="T9"),
    Wrong("source", "objectives", "    sources: [T1]\n", "", at="id: tin"),
    Wrong("source", "standard", "  T1: {ref: a page}", "  {}", at="{}"),
    Wrong("duplicate-id", "standard", "id: II,", "id: I,", at='colour: "#2a6fd0"'),
    Wrong("duplicate-id", "standard", "property: DO", "property: NH3N", at="property: NH3N\n    op: ge"),
    Wrong("duplicate-id", "standard", "id: xx.test", "id: cn.gb3838-2002"),
    Wrong("duplicate-id", "properties", "code: Y", "code: X", at="乙"),
    Wrong("duplicate-id", "stations", "A2,", "A1,", at="乙河"),
    Wrong("unknown-property", "standard", "property: NH3N", "property: NH4N"),
    Wrong("unknown-property", "index", "pollutants: [NO2, O3]", "pollutants: [NO2, O4]"),
    Wrong("unknown-unit", "standard", "unit: mg/L\n    limits: {I: 0.5", "unit: mgs/L\n    limits: {I: 0.5", at="mgs"),
    Wrong("unknown-unit", "properties", "unit: mg/L, unit_label: mg/L, decimals: 2, name: {zh-Hans: 甲",
          "unit: wobble, unit_label: mg/L, decimals: 2, name: {zh-Hans: 甲"),
    Wrong("unit-mismatch", "standard", "unit: mg/L\n    limits: {I: 0.5", "unit: g\n    limits: {I: 0.5",
          at="unit: g\n"),
    Wrong("unit-mismatch", "standard", "unit: mg/L\n    limits: {I: 6", "unit: ppm\n    limits: {I: 6", at="ppm"),
    Wrong("unknown-class", "standard", "{I: 0.5, II: 1.0}", "{I: 0.5, II: 1.0, III: 2}"),
    Wrong("unknown-class", "standard", "{I: 0.5, II: 1.0}", "{I: 0.5, II: 1.0, II+: 2}"),
    Wrong("unknown-class", "standard", "{I: 0.5, II: 1.0}", "{I: 0.5}"),
    Wrong("unknown-class", "index", "above: 2+", "above: 3+"),
    Wrong("limits-order", "standard", "{I: 0.5, II: 1.0}", "{I: 1.0, II: 0.5}"),
    Wrong("limits-order", "standard", "{I: 6, II: 5}", "{I: 5, II: 6}"),
    Wrong("limits-order", "standard", "{I: [6.5, 8.5], II: [6, 9]}", "{I: [6.5, 8.5], II: [7, 9]}"),
    Wrong("range", "standard", "{I: [6.5, 8.5]", "{I: [8.5, 6.5]"),
    Wrong("range", "standard", "{I: [6.5, 8.5]", "{I: 6.5"),
    Wrong("grade-colour", "standard", 'colour: "#2a6fd0", ', "", at="#3d7fe0"),
    Wrong("grade-colour", "standard", 'colour_dark: "#3d7fe0"', "colour_dark: blue"),
    Wrong("dates", "standard", "in_force_to: 2009-12-31", "in_force_to: 2001-12-31"),
    Wrong("dates", "standard", "issued: 2001-12-01", "issued: 2002-06-01", at="in_force_from"),
    Wrong("dates", "standard", "in_force_from: 2002-01-01", "in_force_from: soon"),
    Wrong("dates", "standard", "in_force_from: 2002-01-01", "in_force_from: 2002-13-01"),
    Wrong("versions-overlap", "standard", "family: xx.test", "family: cn.gb3838", at="in_force_from"),
    Wrong("unknown-zone", "objectives", "hk.wcz.southern", "hk.wcz.northern"),
    Wrong("unknown-zone", "zones", "parent: a,", "parent: z,", at="a.b"),
    Wrong("unknown-zone", "stations", "hk.wcz.southern", "hk.wcz.northern"),
    Wrong("unknown-jurisdiction", "standard", '"440300"', '"999999"'),
    Wrong("unknown-jurisdiction", "jurisdictions", 'parent: "100000"', 'parent: "200000"'),
    Wrong("unknown-jurisdiction", "zones", 'basin, jurisdiction: "440300"', 'basin, jurisdiction: "440309"'),
    Wrong("not-judged", "standard", "    limits: {I: 6, II: 5}\n",
          "    limits: {I: 6, II: 5}\n    judged: false\n", at="judged"),
    Wrong("not-judged", "standard", "    op: ge\n    unit: mg/L\n    limits: {I: 6, II: 5}\n",
          "    op: not_judged\n    unit: mg/L\n    limits: {}\n    judged: true\n    note: x\n", at="judged: true"),
    Wrong("bands-order", "index", '"2": 3.0', '"2": 1.0', at="band_max"),
    Wrong("bands-order", "index", '{"1": 1.5, "2": 3.0}', '{"2": 1.5, "1": 3.0}', at="band_max"),
    Wrong("not-allowed", "standard", "kind: class", "kind: limits"),
    Wrong("not-allowed", "limits", "averaging: hour", "averaging: minute"),
    Wrong("not-allowed", "limits", "allowed: 3", "allowed: -3"),
    Wrong("not-allowed", "limits", "day_hours: 20", "day_hours: 0"),
    Wrong("not-allowed", "statistics", "{SO2: 98}", "{SO2: 980}"),
    Wrong("not-allowed", "rating", '"5": 0.9', '"5": 9', at="critical"),
    Wrong("not-allowed", "formula", "scale: 10", "scale: 0"),
    Wrong("not-allowed", "crosswalk", "statistic: mean", "statistic: median"),
    Wrong("not-allowed", "targets", "count_of_grade", "count_of_grades"),
    Wrong("not-allowed", "not sourced", "media: [sea]", "media: [pond]"),
    Wrong("unknown-key", "limits", "day_hours: 20", "day_hour: 20"),
    Wrong("unknown-key", "air index", "decimals: {SO2: 0}", "decimal: {SO2: 0}"),
    Wrong("unknown-key", "rating", "first: [CN]", "firsts: [CN], first: [CN]", at="main_pollutants"),
    Wrong("missing-key", "limits", "averaging: hour, ", "", at="{property: SO2"),
    Wrong("missing-key", "formula", "intercept: 2.5, ", "", at="slope"),
    Wrong("missing-key", "not sourced", "    searched: {zh-Hans: 书, zh-Hant: 書, en: Books, pt: Livros}\n", "",
          at="id: mo.test"),
    Wrong("missing-key", "targets", "op: le,\n     limit: 20, ", "op: le,\n     ", at="id: clean-air"),
    Wrong("confidence", "limits", "warmer_than: 12, condition_confidence: unverified", "warmer_than: 12",
          at="warmer_than"),
    Wrong("confidence", "air index", "  parameters_confidence: one_source\n", "", at="levels"),
    Wrong("source", "targets", "sources: [T1],\n     name: {zh-Hans: 尘", "sources: [T2],\n     name: {zh-Hans: 尘",
          at="[T2]"),
    Wrong("unknown-property", "air index", "daily:\n    - {property: O3", "daily:\n    - {property: O4",
          at="{property: O4"),
    Wrong("unknown-property", "crosswalk", "{rule: cn.gb3838, statistic", "{rule: cn.gb3095, statistic"),
    Wrong("unit-mismatch", "targets", "unit: ug/m3", "unit: Cel"),
    Wrong("unit-mismatch", "formula", "unit: mg/m3", "unit: m"),
    Wrong("unknown-class", "limits", "levels: {A: 500}", "levels: {B: 500}"),
    Wrong("unknown-class", "rating", "class_grades: {I: A}", "class_grades: {IV: A}"),
    Wrong("unknown-class", "targets", "grades: [V+]", "grades: [VI]"),
    Wrong("unknown-class", "crosswalk", "grade: III", "grade: VI"),
    Wrong("unknown-jurisdiction", "not sourced", '"820000"', '"829999"'),
    Wrong("duplicate-id", "targets", "id: clean-rivers", "id: clean-air", at="count_of_grade"),
    Wrong("dates", "targets", "20, deadline: 2025-12-31", "20, deadline: null", at="deadline: null"),
    Wrong("range", "scores", '"1": [[null, 3]]', '"1": [[3, 1]]'),
    Wrong("bands-order", "air index", "index_max: {A: 50, B: 100}", "index_max: {A: 50, B: 50}"),
    Wrong("bands-order", "formula", "{grade: A, lt: 30}", "{grade: A}"),
    Wrong("bands-order", "rating", "share_points: {none: 10, some: 20}", "share_points: {none: 20, some: 10}"),
    Wrong("breakpoints", "air index", "[0, 160, 200]", "[0, 200, 160]"),
    Wrong("breakpoints", "air index", "[0, 160, 200]", "[0, 160]"),
    Wrong("breakpoints", "air index", "[0, 150, null]", "[0, null, 150]"),
    Wrong("breakpoints", "air index", "table: O3_hour", "table: O3_day"),
    Wrong("breakpoints", "air index", "beyond: {SO2_hour: 50}", "beyond: {SO2_hour: 60}"),
    Wrong("breakpoints", "air index", "levels: [0, 50, 100]", "levels: [0, 100, 50]"),
    Wrong("rating-rules", "rating", "{grade: B, any", "{grade: A, any"),
    Wrong("rating-rules", "rating", "ge: 90", "ge: 900"),
    Wrong("rating-rules", "rating", "{of: [II+], gt: 10}", "{of: [II+]}"),
    Wrong("rating-rules", "rating", "any: [[{of: [I, II], ge: 90}]]", "any: []"),
    Wrong("condition", "limits", "at_most: 12", "at_most: 15", at="levels: {A: 8}"),
    Wrong("condition", "limits", "at_most: 12", "built_to: 2001-01-01", at="levels: {A: 8}"),
    Wrong("condition", "limits", "allowed: 3", "built_from: 2006-01-01, built_to: 2005-01-01"),
    Wrong("unknown-rule", "crosswalk", "{rule: cn.gb3838, statistic", "{rule: cn.gb3839, statistic"),
    Wrong("unknown-rule", "targets", "standard: cn.gb3838", "standard: cn.gb3095"),
    Wrong("position", "stations", "114.1,22.3", "114.1,", at="A1"),
    Wrong("position", "stations", "114.1,22.3", "22.3,114.1", at="A1"),
    Wrong("unknown-state", "playbook", "to: done, by: [handler]", "to: gone, by: [handler]"),
    Wrong("unknown-state", "playbook", "met: [done]", "met: [gone]"),
    Wrong("unknown-state", "playbook", "initial: begun", "initial: dawn"),
    Wrong("unknown-state", "playbook", "fields: [cause]", "fields: [course]"),
    Wrong("unknown-state", "playbook", "reopen: begun", "reopen: dawn"),
    Wrong("unknown-state", "playbook", "when: {kind: [big]}", "when: {kind: [bigger]}"),
    Wrong("reachable", "playbook", "transitions:\n",
          "  - {id: lost, stage: handled, name: {zh-Hans: 失, zh-Hant: 失, en: Lost, pt: Perdido}}\ntransitions:\n",
          at="id: lost"),
    Wrong("reachable", "playbook", "stage: closed", "stage: handled", at="{id: begun, stage"),
    Wrong("basis", "playbook", "basis: law, confidence: one_source, sources: [T1]", "basis: law, sources: [T1]"),
    Wrong("basis", "playbook", "basis: law, confidence: one_source, sources: [T1]",
          "basis: default, confidence: one_source"),
    Wrong("duplicate-id", "playbook", "id: halt", "id: transfer"),
    Wrong("not-allowed", "playbook", "by: [handler], needs", "by: [handyman], needs"),
    Wrong("not-allowed", "playbook", "comment: {by: [handler]}", "gossip: {by: [handler]}"),
    Wrong("not-allowed", "playbook", "prefix: XX", "prefix: xx"),
    Wrong("range", "playbook", "amount: 2", "amount: 0"),
    Wrong("range", "playbook", "times: 3, over_hours: 24", "times: 1, over_hours: 24"),
    Wrong("missing-key", "playbook", "remeasure: {times: 3, over_hours: 24}\n", "", at="id: xx-test"),
    Wrong("unknown-key", "playbook", "needs: {remeasured: true, ", "needs: {remeasure: true, remeasured: true, "),
    Wrong("missing-file", "layers", "file: sea.geojson", "file: lake.geojson"),
    Wrong("missing-file", "register", "file: stations.csv", "file: nowhere.csv"),
]  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_the_sound_pack_of_these_tests_is_accepted(name: str, tmp_path: Path) -> None:
    """The packs from which the wrong ones are made break no rule themselves."""
    reader, text = READERS[name]
    (tmp_path / "pack.yaml").write_text(text, encoding="utf-8")
    assert reader(tmp_path / "pack.yaml")


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_wrong_pack_is_refused_with_file_line_and_rule(wrong: Wrong, tmp_path: Path) -> None:
    """A pack that breaks a rule is refused with a message that names file, line and rule."""
    reader, sound = READERS[wrong.pack]
    assert wrong.old in sound
    text = sound.replace(wrong.old, wrong.new, 1)
    path = tmp_path / "pack.yaml"
    path.write_text(text, encoding="utf-8")
    marker = wrong.at or wrong.new
    line = text[: text.index(marker)].count("\n") + 1
    with pytest.raises(PackError) as refusal:
        reader(path)
    found = [(problem.rule, problem.line) for problem in refusal.value.problems if problem.file == str(path)]
    # A YAML parser sees an unclosed bracket only where it stops making sense.
    assert (wrong.rule, line) in found or (wrong.rule == "syntax" and found[0][1] in (line, line + 1)), found
    assert str(path) in str(refusal.value)
    assert f"[{wrong.rule}]" in str(refusal.value)


def test_every_rule_has_a_wrong_pack() -> None:
    """No rule is written that nothing checks."""
    assert {wrong.rule for wrong in WRONG} == set(RULES)


def test_all_problems_are_reported_in_one_pass(tmp_path: Path) -> None:
    """One reading names every problem of a file, not the first only."""
    path = tmp_path / "pack.yaml"
    text = STANDARD.replace("property: NH3N", "property: NH4N").replace("op: ge", "op: above")
    path.write_text(text.replace("pt: Teste", "fr: Essai").replace("sources: [T1]", "sources: [T2]"), encoding="utf-8")
    with pytest.raises(PackError) as refusal:
        packs.load_standard(path)
    rules = [problem.rule for problem in refusal.value.problems]
    assert rules.count("source") == 3
    assert {"unknown-property", "not-allowed", "language", "unknown-key"} <= set(rules)
    assert all(str(problem) in str(refusal.value) for problem in refusal.value.problems[1:])
    lines = [problem.line for problem in refusal.value.problems]
    assert lines == sorted(lines)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """An empty pack lacks everything and says so; a list is no pack."""
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    (tmp_path / "list.yaml").write_text("- a\n- b\n", encoding="utf-8")
    with pytest.raises(PackError, match="missing-key"):
        packs.load_standard(tmp_path / "empty.yaml")
    with pytest.raises(PackError, match="a pack is a mapping"):
        packs.load_standard(tmp_path / "list.yaml")
    with pytest.raises(PackError, match="no such file"):
        packs.load_standard(tmp_path / "nowhere.yaml")


def test_a_sound_pack_comes_out_as_written(tmp_path: Path) -> None:
    """A person's own rule set is read from a file of theirs, with limits in the property's unit."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        STANDARD.replace("mg/L\n    limits: {I: 0.5, II: 1.0}", "ug/L\n    limits: {I: 500, II: 1000}"),
        encoding="utf-8",
    )
    own = packs.load_standard(path)
    assert own.items[0].limits == {"I": 0.5, "II": 1.0}
    assert own.items[0].unit == "mg/L"
    assert own.items[0].clause == "(printed in ug/L)"
    assert own.items[2].limits == {"I": (6.5, 8.5), "II": (6.0, 9.0)}
    assert own.in_force_to == date(2009, 12, 31)
    assert own.file == str(path)


def test_a_version_that_follows_is_accepted(tmp_path: Path) -> None:
    """A new version of a shipped rule fits where the old one has ended, and is refused one day earlier."""
    path = tmp_path / "aqhi.yaml"
    text = INDEX.replace("family: xx.index", "family: hk.aqhi").replace("2002-01-01", "2000-01-01")
    path.write_text(text.replace("in_force_to: null", "in_force_to: 2013-12-29"), encoding="utf-8")
    assert packs.load_standard(path).family == "hk.aqhi"
    path.write_text(text.replace("in_force_to: null", "in_force_to: 2013-12-30"), encoding="utf-8")
    with pytest.raises(PackError, match="versions-overlap"):
        packs.load_standard(path)


def test_a_pack_error_is_input_that_a_person_can_mend() -> None:
    """Whoever catches BadInput catches a wrong pack too."""
    assert issubclass(PackError, BadInput)


def test_every_rule_is_documented() -> None:
    """The page beside the packs states every rule in the words of the loader, and no other."""
    lines = (DATA / "README.md").read_text(encoding="utf-8").splitlines()
    table = dict(line.strip("| ").split(" | ", 1) for line in lines if line.startswith("| `") and line.count("|") == 3)
    assert table == {f"`{rule}`": what for rule, what in RULES.items()}
