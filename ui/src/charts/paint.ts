/** Brushes of the canvas charts: translucent bands, hatching, text with a halo. */

/** `#rrggbb` with an opacity. */
export function tinted(hex: string, alpha: number): string {
  const channel = (at: number) => parseInt(hex.slice(at, at + 2), 16);
  return `rgb(${channel(1)} ${channel(3)} ${channel(5)} / ${alpha})`;
}

/** Diagonal lines on `size` canvas pixels: what is uncertain or not verified. */
export function hatching(context: CanvasRenderingContext2D, colour: string, size: number): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const brush = tile.getContext("2d");
  if (!brush) return colour;
  brush.strokeStyle = colour;
  brush.lineWidth = Math.max(1, size / 6);
  brush.beginPath();
  for (const shift of [-size, 0, size]) {
    brush.moveTo(shift - 1, size + 1);
    brush.lineTo(shift + size + 1, -1);
  }
  brush.stroke();
  return context.createPattern(tile, "repeat") ?? colour;
}

/** Text that stays readable over lines and bands. */
export function haloText(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  ink: string,
  paper: string,
  width: number,
): void {
  context.lineJoin = "round";
  context.lineWidth = width;
  context.strokeStyle = paper;
  context.strokeText(text, x, y);
  context.fillStyle = ink;
  context.fillText(text, x, y);
}

/** `text` cut into lines that fit `width`; a link without spaces is cut where it must be. Chinese breaks anywhere. */
export function wrapped(measure: (text: string) => number, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) ?? []) {
    if (line && measure(line + piece.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
    while (measure(line.trimEnd()) > width && line.length > 1) {
      let fit = line.length - 1;
      while (fit > 1 && measure(line.slice(0, fit)) > width) fit -= 1;
      lines.push(line.slice(0, fit));
      line = line.slice(fit);
    }
  }
  if (line.trim()) lines.push(line.trimEnd());
  return lines;
}
