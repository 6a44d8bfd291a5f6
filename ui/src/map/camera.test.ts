import { describe, expect, it } from "vitest";
import { EXTENT, HOME } from "./bay";
import { along, fitted, held, projection } from "./camera";

const SIZE = { width: 1440, height: 900 };
const EDGES = { top: 76, right: 64, bottom: 132, left: 352 };

describe("the view of a box", () => {
  const place = fitted(HOME, SIZE, EDGES, 16);
  const project = projection(place, SIZE);
  const topLeft = project(HOME[0], HOME[3]);
  const bottomRight = project(HOME[2], HOME[1]);

  it("shows it whole inside what furniture leaves free, and as large as it can", () => {
    expect(topLeft.x).toBeGreaterThanOrEqual(EDGES.left - 1e-6);
    expect(topLeft.y).toBeGreaterThanOrEqual(EDGES.top - 1e-6);
    expect(bottomRight.x).toBeLessThanOrEqual(SIZE.width - EDGES.right + 1e-6);
    expect(bottomRight.y).toBeLessThanOrEqual(SIZE.height - EDGES.bottom + 1e-6);
    expect(topLeft.y).toBeCloseTo(EDGES.top, 3);
  });

  it("lies in its middle", () => {
    expect((topLeft.x + bottomRight.x) / 2).toBeCloseTo((EDGES.left + SIZE.width - EDGES.right) / 2, 3);
  });
});

describe("a view at the edge of the base map", () => {
  it("is moved until nothing outside shows", () => {
    const place = held({ lon: 111, lat: 25, zoom: 10 }, SIZE, EXTENT);
    const project = projection(place, SIZE);
    expect(project(EXTENT[0], EXTENT[3]).x).toBeCloseTo(0, 4);
    expect(project(EXTENT[0], EXTENT[3]).y).toBeCloseTo(0, 4);
  });

  it("is enlarged where the whole would be smaller than the screen, and else left alone", () => {
    expect(held({ lon: 114, lat: 22, zoom: 2 }, SIZE, EXTENT).zoom).toBeGreaterThan(7);
    const inside = { lon: 114.1, lat: 22.3, zoom: 11 };
    expect(held(inside, SIZE, EXTENT).lon).toBeCloseTo(114.1, 9);
    expect(held(inside, SIZE, EXTENT).lat).toBeCloseTo(22.3, 9);
  });
});

describe("a width that follows the zoom", () => {
  it("stays at its ends and bends between them", () => {
    const stops = [
      [7, 1],
      [13, 3],
    ] as const;
    expect(along(stops, 5)).toBe(1);
    expect(along(stops, 20)).toBe(3);
    expect(along(stops, 10)).toBe(2);
    expect(along(stops, 10, 1.4)).toBeLessThan(2);
  });
});
