/** The data behind a chart as a table, and that table as text for the clipboard and for files. */

/** A cell as it is read; `raw` is what a file carries where that differs (full digits, plain numbers). */
export interface Cell {
  text: string;
  raw?: string | number | null;
}

export interface Column {
  label: string;
  numeric?: boolean;
}

export interface TableView {
  caption: string;
  columns: Column[];
  rows: Cell[][];
}

const rawOf = (cell: Cell): string => (cell.raw === undefined ? cell.text : cell.raw === null ? "" : String(cell.raw));

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** RFC 4180 with a byte-order mark, so that spreadsheets read the Chinese in it. */
export function csvOf(view: TableView): string {
  const lines = [view.columns.map((column) => column.label), ...view.rows.map((row) => row.map(rawOf))];
  return `\uFEFF${lines.map((line) => line.map(quoted).join(",")).join("\r\n")}\r\n`;
}

/** Tab-separated, for pasting into a spreadsheet. */
export function tsvOf(view: TableView): string {
  const plain = (text: string) => text.replace(/[\t\r\n]+/g, " ");
  const lines = [view.columns.map((column) => column.label), ...view.rows.map((row) => row.map(rawOf))];
  return lines.map((line) => line.map(plain).join("\t")).join("\n");
}

/** A file name that every system takes, in any script: what is not a letter, digit, dot or dash becomes a dash. */
export function fileName(...parts: (string | undefined)[]): string {
  return parts
    .filter((part): part is string => Boolean(part))
    .join("_")
    .replace(/[^\p{L}\p{N}._+-]+/gu, "-");
}
