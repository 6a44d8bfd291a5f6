/** What a zone's panel shows. */
import type { AssessmentRow, RuleSet, Station, ZoneDetail } from "@/api/types";
import type { Speaker } from "@/i18n/speaker";
import { stationTitle } from "./station";
import type { Properties } from "./verdict";

/** The zone in one sentence for the period shown: how many stations attain, or the share of each grade. */
export function zoneSentence(zone: ZoneDetail, rule: RuleSet, period: string, speaker: Speaker): string {
  const said = speaker.period(period);
  const counts = zone.counts[zone.periods.indexOf(period)];
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  if (!counts || total === 0) return speaker.t("zone.sentenceNone", { period: said });
  if (rule.kind === "attainment") {
    const n = counts[0] ?? 0;
    return speaker.t(
      "zone.sentenceAttained",
      { n: speaker.count(n), total: speaker.count(total), period: said },
      total,
    );
  }
  const shares = zone.grades.flatMap((id, index) => {
    const count = counts[index] ?? 0;
    if (!count) return [];
    const grade = speaker.say(rule.grades.find((it) => it.id === id)?.name, id);
    return [speaker.t("zone.shareOf", { grade, share: speaker.percent(count / total) })];
  });
  return speaker.t("zone.sentenceGrades", { period: said, shares: speaker.list(shares) }, total);
}

/** The worst grade present in a period; null where nothing was judged. */
export function zoneWorst(zone: ZoneDetail, period: string): string | null {
  const counts = zone.counts[zone.periods.indexOf(period)] ?? [];
  return zone.grades[counts.findLastIndex((count) => count > 0)] ?? null;
}

export interface ZoneStation {
  id: string;
  title: string;
  grade: string | null;
  decidedBy: string;
  rank: number;
  /** The rule set judges this kind of water. */
  fits: boolean;
}

/** The zone's stations, worst first, those without a verdict last. */
export function zoneStations(
  zone: ZoneDetail,
  stations: ReadonlyMap<string, Station>,
  rows: readonly AssessmentRow[],
  rule: RuleSet,
  properties: Properties,
  speaker: Speaker,
): ZoneStation[] {
  const byStation = new Map(rows.map((row) => [row.station, row]));
  const best = rule.grades[0]?.id;
  return zone.stations
    .map((id): ZoneStation => {
      const station = stations.get(id);
      const row = byStation.get(id);
      const grade = row?.grade ?? null;
      const deciding = grade === best ? [] : (row?.determinants ?? []);
      return {
        id,
        title: station ? stationTitle(station, speaker) : id,
        grade,
        decidedBy: speaker.list(
          deciding.map((code) => speaker.say(properties(code)?.name, code)),
          3,
        ),
        rank: rule.grades.findIndex((it) => it.id === grade),
        fits: station === undefined || rule.media.includes(station.medium),
      };
    })
    .sort((a, b) => b.rank - a.rank || a.title.localeCompare(b.title, speaker.language, { numeric: true }));
}
