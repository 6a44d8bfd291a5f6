/** Where the bay is: facts about the shipped base map. */

/** Extent of the shipped base map, west, south, east, north: outside it nothing is drawn. */
export const EXTENT: [number, number, number, number] = [111, 20.5, 116.5, 25];

/** What a newcomer sees first: the waters with stations, west, south, east, north. */
export const HOME: [number, number, number, number] = [113.84, 22.12, 114.52, 22.6];

export const MAX_ZOOM = 16;

/** The layer that is the map's ground: switched like the others, but drawn as the colour below them all. */
export const GROUND = "sea";

/**
 * The deepest zoom at which tiles are cut: one of them then holds most of Hong Kong, so that a view, or a switch of the
 * rule set, is one or two tiles of work and not a dozen. A tile's grid is 8192 wide, which is 9 m here: finer than the
 * shore was drawn (30 m), and than positions are given (0.0001 degrees, 11 m).
 */
export const TILE_ZOOM = 9;
