/** The base map's colours: quiet, so that only the verdicts speak. */
export interface Palette {
  sea: string;
  /** The ground where the sea is switched off. */
  void: string;
  shallow: string;
  deep: string;
  contour: string;
  land: string;
  shore: string;
  river: string;
  lake: string;
  unit: string;
  mark: string;
  label: string;
  labelStrong: string;
  labelWater: string;
  halo: string;
  haloWater: string;
  /** Ring of a station without data, and the paper inside it. */
  ring: string;
  ringInside: string;
  outline: string;
  accent: string;
}

export const LIGHT: Palette = {
  sea: "#dce7ed",
  void: "#eeeeea",
  shallow: "#e3ecf0",
  deep: "#cddde5",
  contour: "#b9cdd8",
  land: "#f7f6f2",
  shore: "#b4c3c9",
  river: "#aecbd8",
  lake: "#d3e3ea",
  unit: "#c3c0b6",
  mark: "#7b8a94",
  label: "#5b6871",
  labelStrong: "#38444d",
  labelWater: "#6d8b9b",
  halo: "#f7f6f2",
  haloWater: "#e3ecf0",
  ring: "#6f808c",
  ringInside: "rgba(255,255,255,0.55)",
  outline: "#ffffff",
  accent: "#0e5a6b",
};

export const DARK: Palette = {
  sea: "#101c23",
  void: "#141b20",
  shallow: "#13212a",
  deep: "#0b151b",
  contour: "#1d2f3a",
  land: "#1b242a",
  shore: "#3a4b55",
  river: "#2a4a5a",
  lake: "#14262f",
  unit: "#3d4a52",
  mark: "#7c8c96",
  label: "#94a4ad",
  labelStrong: "#c3cfd5",
  labelWater: "#567486",
  halo: "#1b242a",
  haloWater: "#101c23",
  ring: "#8496a1",
  ringInside: "rgba(16,28,35,0.55)",
  outline: "#0b1216",
  accent: "#6cc3d3",
};

export const paletteOf = (dark: boolean): Palette => (dark ? DARK : LIGHT);

/** `share` of the way from one `#rrggbb` to another. */
export function mixed(from: string, to: string, share: number): string {
  const channel = (at: number) => {
    const [a, b] = [parseInt(from.slice(at, at + 2), 16), parseInt(to.slice(at, at + 2), 16)];
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}
