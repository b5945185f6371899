import { inDegrees, type Location } from '@understory/core/location.ts';

/** A point on the sheet: units to the right of the left edge and down from the top. */
export interface Point {
	readonly x: number;
	readonly y: number;
}

/** How a country lies on a sheet: where each location is, how many units are a kilometer, and how high the sheet became. */
export interface Lie {
	readonly height: number;
	readonly unitsInKm: number;
	at(location: Location): Point;
}

/** A degree along a meridian, by the mean radius of the Earth (IUGG: 6371.0088 km). */
const KM_IN_DEGREE = (Math.PI / 180) * 6371.0088;
/** No library is drawn nearer than this across: one building alone needs a scale as well. */
const LEAST_KM = 2;

/**
 * Fits locations (at least one) to a sheet of so many units across: equirectangular, with the cosine of the latitude in their middle, so that one
 * scale is right there both ways. North is up. Those on both sides of the 180th meridian lie together.
 */
export function layDown(
	locations: readonly Location[],
	sheet: {
		readonly width: number;
		readonly most: number;
		readonly least: number;
		readonly margin: number;
	},
): Lie {
	const norths = locations.map((location) => inDegrees(location).latitude);
	const easts = locations.map((location) => inDegrees(location).longitude);
	const isAround = Math.max(...easts) - Math.min(...easts) > 180;
	const eastOf = (east: number) => (isAround && east < 0 ? east + 360 : east);
	const [south, north] = [Math.min(...norths), Math.max(...norths)];
	const [west, east] = [Math.min(...easts.map(eastOf)), Math.max(...easts.map(eastOf))];
	const inDegreeEast = KM_IN_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180);
	const wide = Math.max((east - west) * inDegreeEast, LEAST_KM);
	const high = (north - south) * KM_IN_DEGREE;
	const inner = sheet.width - 2 * sheet.margin;
	const unitsInKm = Math.min(inner / wide, (sheet.most - 2 * sheet.margin) / Math.max(high, LEAST_KM / 10));
	const height = Math.round(Math.max(sheet.least, high * unitsInKm + 2 * sheet.margin));
	return {
		...{ height, unitsInKm },
		at(location) {
			const { latitude, longitude } = inDegrees(location);
			const right = (eastOf(longitude) - (west + east) / 2) * inDegreeEast;
			const up = (latitude - (south + north) / 2) * KM_IN_DEGREE;
			return { x: sheet.width / 2 + right * unitsInKm, y: height / 2 - up * unitsInKm };
		},
	};
}
