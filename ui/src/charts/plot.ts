/** The options of a series plot: bands of the law behind, lines of the depths before, marks on top. */
import uPlot from "uplot";
import type { Language } from "@/i18n/languages";
import type { LimitScale } from "./bands";
import { haloText, hatching, tinted } from "./paint";
import { valueSpan, type Drawing } from "./series";
import { timeLabels, timeMarks, timeStep, type TimeStep } from "./timeAxis";

/** How a grade is painted: its colour on the present background, the ink on it, its letter. */
export interface GradePaint {
  colour: string;
  ink: string;
  label: string;
}

export interface LinePaint {
  colour: string;
  dash: number[];
}

/** Colours and letters of the page, read once a drawing. */
export interface Theme {
  ink: string;
  ink2: string;
  ink3: string;
  line: string;
  paper: string;
  accent: string;
  bad: string;
  font: string;
}

export interface PlotInput {
  width: number;
  height: number;
  drawing: Drawing;
  scale: LimitScale | null;
  grades: ReadonlyMap<string, GradePaint>;
  paints: readonly LinePaint[];
  theme: Theme;
  language: Language;
  log: boolean;
  /** Minutes east of UTC of the station's own time. */
  offset: number;
  /** The period that the map shows, in seconds; null where it lies outside. */
  period: [number, number] | null;
  formatValue: (value: number) => string;
  /** Labels of the value axis, all with the same decimals. */
  formatTicks: (values: readonly (number | null)[]) => string[];
  onCursor: (index: number | null) => void;
  onZoom: (from: number, to: number) => void;
}

/** Width of the ruler of grades at the right edge, in CSS pixels. */
const RULER = 20;

export function plotOptions(input: PlotInput): uPlot.Options {
  const { scale, grades, theme, drawing } = input;
  const font = (size: number) => `${size}px ${theme.font}`;
  const limits = scale?.lines.map((line) => line.value) ?? [];

  /** Canvas y of a value, held inside the plot. */
  const yOf = (plot: uPlot, value: number): number => {
    const { top, height } = plot.bbox;
    if (value === Infinity) return top;
    if (value === -Infinity || (input.log && value <= 0)) return top + height;
    const y = plot.valToPos(value, "y", true);
    return Math.min(top + height, Math.max(top, y));
  };

  function drawBands(plot: uPlot) {
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    const ratio = uPlot.pxRatio;
    ctx.save();
    if (input.period) {
      const from = Math.max(left, plot.valToPos(input.period[0], "x", true));
      const to = Math.min(left + width, plot.valToPos(input.period[1], "x", true));
      if (to > from) {
        ctx.fillStyle = tinted(theme.accent, 0.09);
        ctx.fillRect(from, top, Math.max(to - from, ratio), height);
        ctx.fillStyle = theme.accent;
        ctx.fillRect(from, top + height, Math.max(to - from, 2 * ratio), 3 * ratio);
      }
    }
    for (const band of scale?.bands ?? []) {
      const paint = grades.get(band.grade);
      if (!paint) continue;
      const y0 = yOf(plot, band.to);
      const y1 = yOf(plot, band.from);
      if (y1 - y0 < 0.5) continue;
      ctx.fillStyle = tinted(paint.colour, 0.15);
      ctx.fillRect(left, y0, width, y1 - y0);
      const x = left + width + 3 * ratio;
      ctx.fillStyle = paint.colour;
      ctx.fillRect(x, y0 + ratio / 2, RULER * ratio - 3 * ratio, Math.max(1, y1 - y0 - ratio));
      if (scale?.confidence === "unverified") {
        ctx.fillStyle = hatching(ctx, tinted("#ffffff", 0.6), 6 * ratio);
        ctx.fillRect(x, y0, RULER * ratio - 3 * ratio, y1 - y0);
      }
      if (y1 - y0 > 13 * ratio) {
        ctx.fillStyle = paint.ink;
        ctx.font = `700 ${font(10 * ratio)}`;
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.fillText(paint.label, x + ((RULER - 3) * ratio) / 2, (y0 + y1) / 2, (RULER - 4) * ratio);
      }
    }
    ctx.restore();
  }

  function drawLimits(plot: uPlot) {
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    const ratio = uPlot.pxRatio;
    ctx.save();
    ctx.font = `600 ${font(10.5 * ratio)}`;
    ctx.textAlign = "right";
    ctx.textBaseline = "bottom";
    const labelled: number[] = [];
    for (const line of scale?.lines ?? []) {
      const y = plot.valToPos(line.value, "y", true);
      if (!Number.isFinite(y) || y < top || y > top + height) continue;
      ctx.beginPath();
      ctx.strokeStyle = tinted(theme.ink2, 0.75);
      ctx.lineWidth = ratio;
      ctx.setLineDash([3 * ratio, 3 * ratio]);
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
      ctx.setLineDash([]);
      // Two limits closer than a line of text would print over each other; the ruler still tells them apart.
      if (labelled.some((other) => Math.abs(other - y) < 13 * ratio) || y - top < 12 * ratio) continue;
      labelled.push(y);
      const text = input.formatValue(line.value);
      haloText(ctx, text, left + width - 4 * ratio, y - ratio, theme.ink2, theme.paper, 3 * ratio);
    }
    ctx.restore();
  }

  function drawMarks(plot: uPlot) {
    const { ctx } = plot;
    const { left, width } = plot.bbox;
    const ratio = uPlot.pxRatio;
    const [min, max] = [plot.scales.x?.min ?? -Infinity, plot.scales.x?.max ?? Infinity];
    ctx.save();
    ctx.beginPath();
    ctx.rect(left - 4 * ratio, plot.bbox.top - 4 * ratio, width + 8 * ratio, plot.bbox.height + 8 * ratio);
    ctx.clip();
    drawing.lines.forEach((line, at) => {
      const paint = input.paints[at];
      if (!paint) return;
      const seen = { all: 0, open: 0, doubtful: 0 };
      for (const [index, time] of drawing.time.entries()) {
        if (time < min || time > max || typeof line.value[index] !== "number") continue;
        seen.all += 1;
        if (line.censoring[index] !== "") seen.open += 1;
        if ((line.flag[index] ?? 0) >= 3) seen.doubtful += 1;
      }
      // Marks that would cover the line tell nothing; they come back as one zooms in.
      const fits = (count: number) => count * 5 * ratio <= width;
      for (const [index, time] of drawing.time.entries()) {
        const value = line.value[index];
        if (time < min || time > max || typeof value !== "number" || (input.log && value <= 0)) continue;
        const open = line.censoring[index] !== "";
        const doubtful = (line.flag[index] ?? 0) >= 3;
        if (!fits(doubtful ? seen.doubtful : open ? seen.open : seen.all)) continue;
        const x = plot.valToPos(time, "x", true);
        const y = plot.valToPos(value, "y", true);
        ctx.beginPath();
        ctx.lineWidth = 1.4 * ratio;
        if (doubtful) {
          const arm = 3.5 * ratio;
          ctx.strokeStyle = theme.bad;
          ctx.moveTo(x - arm, y - arm);
          ctx.lineTo(x + arm, y + arm);
          ctx.moveTo(x - arm, y + arm);
          ctx.lineTo(x + arm, y - arm);
          ctx.stroke();
          continue;
        }
        ctx.arc(x, y, (open ? 2.8 : 2) * ratio, 0, 2 * Math.PI);
        ctx.fillStyle = open ? theme.paper : paint.colour;
        ctx.fill();
        if (open) {
          ctx.strokeStyle = paint.colour;
          ctx.stroke();
        }
      }
    });
    ctx.restore();
  }

  let step: TimeStep = { unit: "year", count: 1 };
  const axis: uPlot.Axis = {
    stroke: theme.ink2,
    font: font(11),
    grid: { show: false },
    ticks: { stroke: theme.line, size: 4, width: 1 },
  };
  return {
    width: input.width,
    height: input.height,
    padding: [10, RULER + 2, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: true },
      y: {
        distr: input.log ? 3 : 1,
        range: (_plot, low, high) => valueSpan(low ?? NaN, high ?? NaN, limits, input.log),
      },
    },
    axes: [
      {
        ...axis,
        splits: (plot, _axis, from, to) => {
          step = timeStep(from, to, plot.bbox.width / uPlot.pxRatio / 52);
          return timeMarks(from, to, step, input.offset);
        },
        values: (_plot, splits) => timeLabels(input.language, splits, step, input.offset),
        size: 40,
      },
      {
        ...axis,
        grid: { show: true, stroke: tinted(theme.ink3, 0.16), width: 1 },
        size: (_plot, values) => 14 + Math.max(24, ...(values ?? []).map((text) => text.length * 6.2)),
        values: (_plot, splits) => input.formatTicks(splits),
        // A logarithmic axis labels only its powers of ten.
        filter: input.log
          ? (_plot, splits) => splits.map((split) => (Math.abs(Math.log10(split) % 1) < 1e-6 ? split : null))
          : undefined,
      },
    ],
    series: [
      {},
      ...drawing.lines.map((_line, at): uPlot.Series => ({
        stroke: input.paints[at]?.colour ?? theme.ink,
        width: 1.6,
        dash: input.paints[at]?.dash.length ? input.paints[at].dash : undefined,
        spanGaps: false,
        points: { show: false },
      })),
    ],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: true, dist: 6 },
      points: { size: 8, width: 2, fill: theme.paper },
      hover: { prox: 24, skip: [null, undefined] },
    },
    hooks: {
      drawClear: [drawBands],
      draw: [drawMarks, drawLimits],
      setCursor: [(plot) => input.onCursor(plot.cursor.idx ?? null)],
      setScale: [
        (plot, key) => {
          if (key === "x") input.onZoom(plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 0);
        },
      ],
    },
  };
}
