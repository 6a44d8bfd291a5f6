/** Sizes by zoom that the first drawing and the map share: what differs would jump when one gives way to the other. */
type Stops = readonly (readonly [zoom: number, value: number])[];

/** From so many stations on, far views are drawn as plain discs: marks with letters would only be confetti. */
export const DENSE = 3000;
export const DENSE_ZOOM = 9.5;

/** Share of its own size in which a mark is drawn. */
export const MARK_SIZES: Stops = [
  [7, 0.42],
  [9, 0.66],
  [10.5, 0.86],
  [13, 1.05],
  [16, 1.25],
];

/** Radius of a disc in pixels. */
export const DOT_SIZES: Stops = [
  [6, 2],
  [9.5, 4.5],
];

/** Width of the shore in pixels; it bends with base 1.4. */
export const SHORE_WIDTHS: Stops = [
  [7, 1.2],
  [13, 2.6],
];
