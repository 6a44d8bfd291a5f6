/** The stations that the map shows, with their verdicts: on one side, or on two that are compared. */
import { computed } from "vue";
import { dark, ruleSet, state } from "@/state";
import { unverified } from "@/data/confidence";
import { compared, main, other, otherPeriod } from "@/data/shown";
import { stations } from "@/data/stations";
import { onlyGrade } from "./drawing";
import { asGeoJson, stationFeatures, type StationFeature } from "./features";

const features = computed<StationFeature[]>(() =>
  stationFeatures(stations.value, ruleSet(state.rule), main.value.matrix, state.t, (it, zone) =>
    unverified(state.rule, it, zone),
  ),
);

/** The rule set of the other side; empty where nothing is compared. */
export const otherRule = computed(() => compared.value?.rule ?? "");

const otherFeatures = computed<StationFeature[]>(() =>
  otherRule.value
    ? stationFeatures(stations.value, ruleSet(otherRule.value), other.value.matrix, otherPeriod.value, (it, zone) =>
        unverified(otherRule.value, it, zone),
      )
    : [],
);

export const visibleFeatures = computed(() =>
  onlyGrade.value === null
    ? features.value
    : features.value.filter((it) => (main.value.matrix?.grades[it.grade] ?? "") === onlyGrade.value),
);

export const points = computed(() =>
  asGeoJson(visibleFeatures.value, ruleSet(state.rule), main.value.matrix, dark.value),
);
export const otherPoints = computed(() =>
  asGeoJson(otherFeatures.value, ruleSet(otherRule.value), other.value.matrix, dark.value),
);
