/**
 * Where a public building stands, in thousandths of a degree (WGS 84) north of the equator and east of Greenwich: to about 100 meters.
 * Whole numbers, since a signed document has no others.
 */
export interface Location {
	readonly north: number;
	readonly east: number;
}

/** Thousandths in a degree. */
const PARTS = 1_000;

/** The location at these degrees, rounded; null for what is on no globe. */
export function locationAt(latitude: number, longitude: number): Location | null {
	const north = Math.round(latitude * PARTS);
	const east = Math.round(longitude * PARTS);
	const isOnGlobe = Math.abs(north) <= 90 * PARTS && Math.abs(east) <= 180 * PARTS;
	// Plus nothing: there is no negative zero in a signed document.
	return isOnGlobe ? { north: north + 0, east: east + 0 } : null;
}

/** The same in degrees, with three decimals at most. */
export function inDegrees({ north, east }: Location): {
	readonly latitude: number;
	readonly longitude: number;
} {
	return { latitude: north / PARTS, longitude: east / PARTS };
}

/** The location that two texts in degrees name, as people write them. Null when nothing is said, undefined when it is no place on a globe. */
export function locationWritten(north: string, east: string): Location | null | undefined {
	if (!north && !east) return null;
	const isNumber = [north, east].every((degrees) => /^-?\d{1,3}(?:\.\d{1,9})?$/.test(degrees));
	return (isNumber && locationAt(Number(north), Number(east))) || undefined;
}
