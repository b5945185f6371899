import type { Location } from '@understory/core/location.ts';
import { type Dot, joinDots } from './map-dots.ts';
import { type Label, placeLabels } from './map-labels.ts';
import { layDown } from './map-lie.ts';

/** What stands on a map. */
export interface Placed {
	/** No two have the same. */
	readonly id: string;
	readonly name: string;
	readonly location: Location;
	/** Who gets the room for a name first: the lowest. */
	readonly rank: number;
}

/** A bar of the scale: how many of its unit it stands for, and how long it is on the sheet. */
export interface Bar {
	readonly number: number;
	readonly length: number;
}

export interface Drawing<T> {
	readonly width: number;
	/** Of the sheet with the strip beneath, where scale and north are. */
	readonly height: number;
	/** Where the strip begins. */
	readonly foot: number;
	readonly dots: readonly Dot<T>[];
	readonly labels: readonly Label[];
	readonly km: Bar;
	readonly miles: Bar;
}

const WIDTH = 480;
const SHEET = { width: WIDTH, most: 420, least: 120, margin: 26 };
const FOOT = 46;
/** A dot has a square of 24 for whoever points at it (WCAG 2.2, 2.5.8); the page shows a unit as a CSS pixel at least. */
const APART = 24;
const AROUND = 9;
/** The longest a bar may be. */
const LONGEST = 150;
const KM_IN_MILE = 1.609344;

/**
 * Draws what has a location as dots with names, with a scale: a map without a coast or a street, so that it needs nobody's tiles. Pure: the same
 * places in any order are the same drawing. Null when there is nothing to draw.
 */
export function drawMap<T extends Placed>(places: readonly T[]): Drawing<T> | null {
	if (places.length === 0) return null;
	const lie = layDown(
		places.map(({ location }) => location),
		SHEET,
	);
	const points = places.map((of) => ({ ...lie.at(of.location), of }));
	const dots = joinDots(points, APART, inOrder).map(({ x, y, here }) => ({ x: tenth(x), y: tenth(y), here }));
	const alone = dots.filter(({ here }) => here.length === 1);
	const named = alone
		.sort((a, b) => a.here[0]!.rank - b.here[0]!.rank || inOrder(a.here[0]!, b.here[0]!))
		.map(({ x, y, here }) => ({ x, y, text: here[0]!.name }));
	const labels = placeLabels(named, dots, { width: WIDTH, height: lie.height, around: AROUND });
	return {
		...{ width: WIDTH, height: lie.height + FOOT, foot: lie.height, dots },
		labels: labels.map((label) => ({ ...label, x: tenth(label.x), y: tenth(label.y) })),
		km: bar(lie.unitsInKm),
		miles: bar(lie.unitsInKm * KM_IN_MILE),
	};
}

function inOrder(a: Placed, b: Placed): number {
	if (a.name !== b.name) return a.name < b.name ? -1 : 1;
	if (a.id === b.id) return 0;
	return a.id < b.id ? -1 : 1;
}

/** The longest bar of 1, 2 or 5, or of ten times or a tenth of that. */
function bar(unitsInOne: number): Bar {
	const most = LONGEST / unitsInOne;
	const power = Math.floor(Math.log10(most));
	const digit = [5, 2, 1].find((one) => one * 10 ** power <= most) ?? 1;
	// By its digits, since 10 ** -1 times 2 is no tidy number.
	const number = Number(`${digit}e${power}`);
	return { number, length: tenth(number * unitsInOne) };
}

function tenth(units: number): number {
	return Math.round(units * 10) / 10;
}
