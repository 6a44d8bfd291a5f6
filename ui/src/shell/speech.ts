/** The sentences of the shell, in the page's language. */
import { computed } from "vue";
import { useI18n } from "vue-i18n";
import type { Matrix, RuleSet } from "@/api/types";
import { summarise } from "@/data/summary";
import { language } from "@/i18n";
import { countIn } from "@/i18n/numbers";
import { periodIn } from "@/i18n/times";
import { property, ruleSet } from "@/state";
import { say } from "@/text";
import { midSentence, sentenceParts } from "./sentence";

export function useSpeech() {
  const { t } = useI18n();
  const period = (text: string) => periodIn(language.value, text);
  const count = (n: number) => countIn(language.value, n);
  const propertyName = (code: string) => {
    const found = property(code);
    return found ? say(found.name, code) : code;
  };
  const gradeName = (rule: RuleSet | undefined, id: string | null) => {
    const found = rule?.grades.find((it) => it.id === id);
    return found ? say(found.name, found.id) : "";
  };
  /** The short name of a rule set, as buttons bear it. */
  const shortName = (rule: RuleSet | undefined) => (rule ? say(rule.short) || say(rule.name) || rule.code : "");

  /** The one sentence about a map. */
  function sentence(matrix: Matrix | null, rule: RuleSet | undefined, when: string): string {
    const { key, values } = sentenceParts(summarise(matrix, rule, when), {
      period: period(when),
      count,
      grade: (id) => midSentence(gradeName(rule, id), language.value),
      reason: (code) => midSentence(propertyName(code), language.value),
    });
    return t(`map.sentence.${key}`, values);
  }

  /** What is said of one station: `worse than class 4, decided by inorganic nitrogen`. */
  function verdictOf(ruleId: string, grade: string | null, worst: string | null, when: string): string {
    const rule = ruleSet(ruleId);
    if (!grade) return t("map.map.noVerdict", { period: period(when) });
    const name = gradeName(rule, grade);
    if (!worst || rule?.kind === "index") return name;
    return t("map.map.because", { grade: name, reason: midSentence(propertyName(worst), language.value) });
  }

  return {
    t,
    say,
    period,
    count,
    propertyName,
    gradeName,
    shortName,
    sentence,
    verdictOf,
    language: computed(() => language.value),
  };
}
