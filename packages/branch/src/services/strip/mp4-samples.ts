import { type Box, boxAt } from './boxes.ts';
import { Unreadable } from './unreadable.ts';

/** A table inside a track: a count and so many numbers of so many bytes behind each other (ISO/IEC 14496-12, 8.6 and 8.7). */
interface Table {
	readonly count: number;
	number(at: number, column?: number): number;
}

/** Makes zeros of all that belongs to a track. It lies in the boxes `data`, in runs; each run holds samples, each of a size of its own or all of one. */
export function blankSamples(bytes: Buffer, track: Box, data: readonly Box[]): void {
	const stbl = boxAt(bytes, track, ['mdia', 'minf', 'stbl']);
	const box = (type: string) => stbl && boxAt(bytes, stbl, [type]);
	const wide = box('co64');
	const places = tableIn(bytes, wide ?? box('stco'), wide ? [8] : [4]);
	const runs = tableIn(bytes, box('stsc'), [4, 4, 4]);
	const sizes = sizesIn(bytes, box('stsz'));
	let sample = 0;
	let row = 0;
	let left = bytes.length;
	for (let n = 0; n < places.count; n += 1) {
		while (row + 1 < runs.count && runs.number(row + 1) <= n + 1) row += 1;
		const samples = runs.count > 0 ? runs.number(row, 1) : 0;
		const from = places.number(n);
		const to = from + sizes.sum(sample, samples);
		sample += samples;
		left -= to - from;
		const inside = to <= from || data.some(({ body, end }) => from >= body && to <= end);
		if (!inside || left < 0) throw new Unreadable('samples where none can be');
		bytes.fill(0, from, to);
	}
}

function tableIn(bytes: Buffer, box: Box | undefined, columns: readonly number[]): Table {
	if (!box || box.body + 8 > box.end) throw new Unreadable('a track without its tables');
	const width = columns.reduce((sum, one) => sum + one, 0);
	const count = bytes.readUInt32BE(box.body + 4);
	if (box.body + 8 + count * width > box.end) throw new Unreadable('a table that is cut off');
	return {
		count,
		number(at, column = 0) {
			const place = box.body + 8 + at * width + column * 4;
			return columns[column] === 8 ? Number(bytes.readBigUInt64BE(place)) : bytes.readUInt32BE(place);
		},
	};
}

/** Sizes of samples: one for all, or a number for each. */
function sizesIn(bytes: Buffer, box: Box | undefined): { sum(from: number, count: number): number } {
	if (!box || box.body + 12 > box.end) throw new Unreadable('a track without sizes');
	const one = bytes.readUInt32BE(box.body + 4);
	const count = bytes.readUInt32BE(box.body + 8);
	if (one > 0) return { sum: (_from, samples) => samples * one };
	if (box.body + 12 + count * 4 > box.end) throw new Unreadable('a table that is cut off');
	return {
		sum(from, samples) {
			if (from + samples > count) throw new Unreadable('samples without a size');
			let sum = 0;
			for (let n = from; n < from + samples; n += 1) sum += bytes.readUInt32BE(box.body + 12 + n * 4);
			return sum;
		},
	};
}
