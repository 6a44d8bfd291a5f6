/** Where the bay is: facts about the shipped base map. */

/** Extent of the shipped base map, west, south, east, north: outside it nothing is drawn. */
export const EXTENT: [number, number, number, number] = [111, 20.5, 116.5, 25];

/** What a newcomer sees first: the waters with stations, west, south, east, north. */
export const HOME: [number, number, number, number] = [113.84, 22.12, 114.52, 22.6];

export const MAX_ZOOM = 16;

/** The layer that is the map's ground: switched like the others, but drawn as the colour below them all. */
export const GROUND = "sea";
