"""Sound packs of the kinds beyond standards, from which the wrong ones of ``test_rules`` are made."""

from __future__ import annotations

HEAD = """\
id: xx.{kind}
family: xx.{kind}
code: TEST
kind: {kind}
jurisdiction: "440300"
media: [air]
name: {{zh-Hans: 试, zh-Hant: 試, en: Test, pt: Teste}}
issued: null
in_force_from: 2002-01-01
in_force_to: null
confidence: one_source
sources:
  T1: {{ref: a page}}
grades:
  - {{id: A, colour: "#8fd3f4", colour_dark: "#a5e0fa", name: {{zh-Hans: 甲, zh-Hant: 甲, en: A, pt: A}}}}
  - {{id: B, colour: "#2a6fd0", colour_dark: "#3d7fe0", name: {{zh-Hans: 乙, zh-Hant: 乙, en: B, pt: B}}}}
"""

LIMITS = (
    HEAD.format(kind="limits")
    + """\
parameters:
  validity: {day_hours: 20}
  reference_states:
    - {from: 2002-01-01, to: null, gases_K: 293, gases_kPa: 101.325, particles: any}
limits:
  - {property: NH3N, averaging: day, unit: mg/L, levels: {A: 5}, warmer_than: 12, condition_confidence: unverified,
     confidence: one_source, sources: [T1]}
  - {property: NH3N, averaging: day, unit: mg/L, levels: {A: 8}, at_most: 12, condition_confidence: unverified,
     confidence: one_source, sources: [T1]}
  - {property: SO2, averaging: hour, unit: ug/m3, levels: {A: 500}, allowed: 3, confidence: one_source, sources: [T1]}
"""
)

AIR_INDEX = (
    HEAD.format(kind="air_index")
    + """\
parameters:
  parameters_confidence: one_source
  levels: [0, 50, 100]
  index_max: {A: 50, B: 100}
  breakpoints:
    SO2_hour: [0, 150, null]
    O3_hour: [0, 160, 200]
  hourly:
    - {property: SO2, averaging: hour, table: SO2_hour}
  daily:
    - {property: O3, averaging: max_hour, table: O3_hour}
  beyond: {SO2_hour: 50}
  decimals: {SO2: 0}
  missing: rest
  primary_above: 50
"""
)

STATISTICS = (
    HEAD.format(kind="statistics")
    + """\
parameters:
  parameters_confidence: one_source
  percentiles: {SO2: 98}
  annual_mean: [SO2]
  daily: {SO2: day}
  percentile_rank: interpolated
  validity: {year_days: 324}
"""
)

RATING = (
    HEAD.format(kind="rating")
    + """\
parameters:
  parameters_confidence: one_source
  classes: [I, II, II+]
  class_grades: {I: A}
  rules:
    - {grade: A, any: [[{of: [I, II], ge: 90}]]}
    - {grade: B, any: [[{of: [I, II], lt: 90}], [{of: [II+], gt: 10}]]}
  main_pollutants: {count: 3, none_in: [I], first: [CN], no_multiple: [pH]}
  change: {good: [I], bad: [II+], grade_steps: {none: 0, some: 1}, share_points: {none: 10, some: 20}}
  trend: {min_periods: 5, alpha: 0.05, critical: {"5": 0.9}}
"""
)

FORMULA = (
    HEAD.format(kind="formula")
    + """\
parameters:
  parameters_confidence: one_source
  form: weighted_logs
  scale: 10
  terms:
    - {property: chla, unit: mg/m3, intercept: 2.5, slope: 1.086, weight: 1}
  bands:
    - {grade: A, lt: 30}
    - {grade: B}
"""
)

SCORES = (
    HEAD.format(kind="scores")
    + """\
parameters:
  parameters_confidence: one_source
  items:
    - {property: BOD5, unit: mg/L, decimals: 1, scores: {"1": [[null, 3]], "2": [[3.1, null]]}}
  decimals: 1
  bands:
    - {grade: A, le: 1.5}
    - {grade: B}
"""
)

CROSSWALK = """\
sources:
  T1: {ref: a page}
methods: {}
depths: {}
statistics:
  mean: {zh-Hans: 均值, zh-Hant: 均值, en: Mean, pt: Média}
remarks: {}
uses:
  - id: bathing
    name: {zh-Hans: 泳, zh-Hant: 泳, en: Bathing, pt: Banhos}
    grades:
      - {rule: cn.gb3838, grade: III, confidence: unverified, sources: [T1]}
indicators:
  - id: ammonia
    property: NH3N
    unit: mg/L
    confidence: one_source
    sources: [T1]
    entries:
      - {rule: cn.gb3838, statistic: mean}
"""

TARGETS = """\
sources:
  T1: {ref: a page}
targets:
  - {id: clean-air, jurisdiction: "440300", media: [air], measured: annual_mean, property: PM2_5, unit: ug/m3, op: le,
     limit: 20, deadline: 2025-12-31, confidence: one_source, sources: [T1],
     name: {zh-Hans: 尘, zh-Hant: 塵, en: Dust, pt: Pó}}
  - {id: clean-rivers, jurisdiction: "440300", media: [river], measured: count_of_grade, standard: cn.gb3838,
     grades: [V+], op: le, limit: 0, deadline: 2025-12-31, confidence: one_source, sources: [T1],
     name: {zh-Hans: 河, zh-Hant: 河, en: Rivers, pt: Rios}}
"""

NOT_SOURCED = """\
sources:
  T1: {ref: a page}
rules:
  - id: mo.test
    jurisdiction: "820000"
    media: [sea]
    name: {zh-Hans: 试, zh-Hant: 試, en: Test, pt: Teste}
    known: {zh-Hans: 无, zh-Hant: 無, en: Nothing, pt: Nada}
    searched: {zh-Hans: 书, zh-Hant: 書, en: Books, pt: Livros}
    obtainable: {zh-Hans: 局, zh-Hant: 局, en: The bureau, pt: O serviço}
    sources: [T1]
"""

PLAYBOOK = """\
id: xx-test
version: 1
prefix: XX
name: {zh-Hans: 试, zh-Hant: 試, en: Test, pt: Teste}
purpose: {zh-Hans: 试, zh-Hant: 試, en: Test, pt: Teste}
opens: [hand]
opened_by: [handler]
initial: begun
sources:
  T1: {ref: a page}
fields:
  - {id: cause, kind: text, name: {zh-Hans: 因, zh-Hant: 因, en: Cause, pt: Causa}}
  - {id: kind, kind: choice, name: {zh-Hans: 类, zh-Hant: 類, en: Kind, pt: Tipo},
     choices: {big: {zh-Hans: 大, zh-Hant: 大, en: Big, pt: Grande}}}
states:
  - {id: begun, stage: found, name: {zh-Hans: 始, zh-Hant: 始, en: Begun, pt: Iniciado}}
  - {id: done, stage: closed, name: {zh-Hans: 终, zh-Hant: 終, en: Done, pt: Feito}}
transitions:
  - {id: finish, from: [begun], to: done, by: [handler], needs: {remeasured: true, fields: [cause]},
     name: {zh-Hans: 办, zh-Hant: 辦, en: Finish, pt: Concluir}}
  - {id: halt, from: [begun], to: done, by: [handler], name: {zh-Hans: 停, zh-Hant: 停, en: Halt, pt: Parar}}
deadlines:
  - {id: finish, starts: [begun], met: [done], term: {amount: 2, unit: days}, when: {kind: [big]},
     basis: law, confidence: one_source, sources: [T1], name: {zh-Hans: 限, zh-Hant: 限, en: Term, pt: Prazo}}
remeasure: {times: 3, over_hours: 24}
watch: {days: 3, reopen: begun}
powers:
  comment: {by: [handler]}
"""
