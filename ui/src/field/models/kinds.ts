/** The kinds of events, by the detectors that find them; others that a server names are shown by its own word. */
export const KINDS = [
  "exceedance",
  "change",
  "drift",
  "multivariate",
  "silence",
  "constant",
  "pinned",
  "inspection_drop",
  "load_balance",
] as const;
