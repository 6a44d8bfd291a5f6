/** What goes on paper: the stations of the view with their verdicts, as many as a person would read. */
import type { ListRow } from "./list";

/** Rows beyond these fill pages that nobody reads; they are counted, and the list can be downloaded. */
export const MOST_PRINTED = 400;

export interface PrintedTable {
  rows: ListRow[];
  /** How many were left out. */
  left: number;
}

/** Judged stations worst first, then by name; those without a verdict last. */
export function printedTable(rows: readonly ListRow[], most = MOST_PRINTED): PrintedTable {
  const text = new Intl.Collator(undefined, { numeric: true });
  const order = [...rows].sort((a, b) => b.rank - a.rank || text.compare(a.title, b.title));
  return { rows: order.slice(0, most), left: Math.max(0, order.length - most) };
}
