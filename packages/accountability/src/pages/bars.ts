/** A row of bars as a template draws it: `path` is filled for the last one and outlined for the rest. */
export interface Bars {
	readonly bars: readonly { readonly path: string; readonly last: boolean }[];
	readonly first: { readonly text: string; readonly x: number };
	readonly last: { readonly text: string; readonly x: number };
}

const WIDTH = 240;
const HEIGHT = 70;
const BASE = 76;

/** Bars of these values in a box of 240 by 98; what is not known has none. The numbers of the first and last stand beneath. */
export function drawBars(values: readonly (number | null)[], text: (value: number | null) => string): Bars {
	const most = Math.max(1, ...values.flatMap((value) => value ?? []));
	const step = WIDTH / Math.max(1, values.length);
	const wide = Math.round(step * 0.66);
	const bars = values.flatMap((value, at) => {
		if (!value) return [];
		const high = Math.max(1, Math.round((value / most) * HEIGHT));
		const x = Math.round(at * step + (step - wide) / 2);
		return [{ path: `M${x} ${BASE - high}h${wide}V${BASE}h-${wide}z`, last: at === values.length - 1 }];
	});
	return {
		bars,
		first: { text: text(values[0] ?? null), x: 4 },
		last: { text: text(values.at(-1) ?? null), x: WIDTH - 4 },
	};
}
