import type { Point } from './map-lie.ts';

/** One mark on the sheet, and everything that stands there. */
export interface Dot<T> extends Point {
	readonly here: readonly T[];
}

/**
 * Joins what is nearer to each other than `apart` in both directions, the nearest first, in the middle of what it stands for; after that the squares
 * around any two dots do not touch, so each can be hit. What comes out does not depend on the order of what goes in, where `order` knows no ties.
 */
export function joinDots<T>(
	points: readonly (Point & { readonly of: T })[],
	apart: number,
	order: (a: T, b: T) => number,
): Dot<T>[] {
	const dots: Dot<T>[] = [...points]
		.sort((a, b) => order(a.of, b.of))
		.map(({ x, y, of }) => ({ x, y, here: [of] }));
	for (let pair = nearest(dots, apart); pair; pair = nearest(dots, apart)) {
		const [first, second] = pair;
		const [a, b] = [dots[first]!, dots[second]!];
		const here = [...a.here, ...b.here].sort(order);
		const middle = (one: number, other: number) =>
			(one * a.here.length + other * b.here.length) / here.length;
		dots[first] = { x: middle(a.x, b.x), y: middle(a.y, b.y), here };
		dots.splice(second, 1);
	}
	return dots;
}

/** The two that are nearest, by their places in the list, if they are nearer than `apart`. */
function nearest(dots: readonly Point[], apart: number): readonly [number, number] | null {
	let found: readonly [number, number] | null = null;
	let least = apart;
	for (const [first, a] of dots.entries()) {
		for (let second = first + 1; second < dots.length; second++) {
			const b = dots[second]!;
			const distance = Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y));
			if (distance < least) [least, found] = [distance, [first, second]];
		}
	}
	return found;
}
