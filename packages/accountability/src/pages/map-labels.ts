import type { Point } from './map-lie.ts';

/** A name beside its dot; `x` and `y` are where its line begins, has its middle or ends. */
export interface Label extends Point {
	readonly text: string;
	readonly anchor: 'start' | 'middle' | 'end';
}

interface Box {
	readonly left: number;
	readonly right: number;
	readonly top: number;
	readonly bottom: number;
}

/** Units: a letter of the sans type at weight 600 and size 13 is at most this wide on average, and one of a full-width script this. */
const LETTER = 8;
const WIDE_LETTER = 14;
const ABOVE = 11;
const BELOW = 4;
/** From the middle of a dot to its name. */
const BESIDE = 12;

/**
 * Names for dots, the first in the list first: right of it, left, above or below, wherever the name touches no dot, no other name and no edge. A name
 * that has no room is left out; nothing is moved for it.
 */
export function placeLabels(
	named: readonly (Point & { readonly text: string })[],
	dots: readonly Point[],
	sheet: { readonly width: number; readonly height: number; readonly around: number },
): Label[] {
	const taken: Box[] = dots.map(({ x, y }) => ({
		...{ left: x - sheet.around, right: x + sheet.around },
		...{ top: y - sheet.around, bottom: y + sheet.around },
	}));
	const labels: Label[] = [];
	for (const { x, y, text } of named) {
		for (const label of tries(x, y, text)) {
			const box = boxOf(label);
			const isInside =
				box.left >= 0 && box.right <= sheet.width && box.top >= 0 && box.bottom <= sheet.height;
			if (!isInside || taken.some((other) => meet(box, other))) continue;
			labels.push(label);
			taken.push(box);
			break;
		}
	}
	return labels;
}

function tries(x: number, y: number, text: string): Label[] {
	return [
		{ text, x: x + BESIDE, y: y + BELOW, anchor: 'start' },
		{ text, x: x - BESIDE, y: y + BELOW, anchor: 'end' },
		{ text, x, y: y - BESIDE - BELOW, anchor: 'middle' },
		{ text, x, y: y + BESIDE + ABOVE, anchor: 'middle' },
	];
}

/** The room that a label takes. */
export function boxOf({ text, x, y, anchor }: Label): Box {
	const wide = [...text].reduce(
		(sum, letter) => sum + (letter.codePointAt(0)! >= 0x2e80 ? WIDE_LETTER : LETTER),
		0,
	);
	const left = anchor === 'start' ? x : anchor === 'end' ? x - wide : x - wide / 2;
	return { left, right: left + wide, top: y - ABOVE, bottom: y + BELOW };
}

function meet(a: Box, b: Box): boolean {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
