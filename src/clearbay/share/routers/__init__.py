"""The nouns of the API, one router each."""

from __future__ import annotations

from fastapi import APIRouter

from clearbay.share.routers import (
    assessments,
    bulletin,
    casefiles,
    cases,
    compare,
    devices,
    events,
    explain,
    health,
    layers,
    leader,
    meta,
    network,
    notices,
    observations,
    people,
    playbooks,
    portraits,
    push,
    review,
    search,
    session,
    standards,
    stations,
    targets,
    timeline,
    trace,
    zones,
)

ROUTERS: tuple[tuple[APIRouter, str], ...] = (
    (health.router, "Whether the server answers, and what it holds."),
    (meta.router, "Everything an interface needs to draw itself: rule sets, properties, media, languages."),
    (standards.router, "The law as data: limits, dates in force, sources, and how well each number is sourced."),
    (compare.router, "What the laws of the three places call the same thing, and their limits side by side."),
    (stations.router, "Places where something is measured."),
    (observations.router, "What was measured. Nothing is overwritten: a correction is a new revision."),
    (devices.router, "Devices that send by themselves: who may, who is heard, and what came of what each owes."),
    (review.router, "Quality control: what each test says, and the flags that people set, with who, when and why."),
    (assessments.router, "Verdicts of a rule set on stations, period by period."),
    (explain.router, "One verdict unfolded to its samples, statistic, rounding, limit and clause."),
    (events.router, "Problems discovered in the data: one event a problem, with its reasons, baseline and story."),
    (zones.router, "Areas with rules of their own, and how they stand."),
    (portraits.router, "How a section, river, basin, zone or city stands in a span of time."),
    (cases.router, "Findings carried to their end, with their clocks; every action is in the audit chain."),
    (casefiles.router, "Evidence of cases, cases as sealed files, cases as warnings."),
    (session.router, "Who is calling, signing in and out, one's own sessions."),
    (people.router, "People to whom a case can be given, and accounts for whoever manages them."),
    (playbooks.router, "How each kind of case goes, and what its deadlines rest on."),
    (notices.router, "What one was told of cases, and by which ways one wants to be told."),
    (leader.router, "How fast cases are judged, handled and closed, and how many in time, by place and month."),
    (bulletin.router, "A place in a month as a document that can be printed and sent out."),
    (push.router, "Readings that programs send: JSON, or a table by a mapping. Needs a key of the role push."),
    (targets.router, "What somebody has promised to reach, and where it stands by the data here."),
    (timeline.router, "The density of observations in time."),
    (network.router, "Rivers: what flows into what, how far and how fast, and what stands on them."),
    (trace.router, "From an event back to its place, time, mass and suspects, and on to what is hit next."),
    (search.router, "Names of anything, in any of the four languages."),
    (layers.router, "The layers of the base map: seabed, seawater, coast, watershed, islands, air."),
)
"""Router and what its noun means, in the order of the reference."""

__all__ = ["ROUTERS"]
