/** The kinds of events that the detectors find; others that a server names are shown by their own word. */
export const KINDS = ["exceedance", "change", "drift", "anomaly", "silence", "fraud"] as const;
