import { quarterOfDay } from '@understory/core/quarters.ts';
import type { DecidedRow } from '../store/decided.ts';
import { type Choice, PARTS, type Part } from './choice.ts';

/** Finds decisions by what they were, in memory: it holds ids and a few words of each, and only grows, as the log does. */
export interface Finder {
	/** Takes up what was published since. */
	add(rows: readonly DecidedRow[]): void;
	/** The place of the last that it knows. */
	last(): { readonly year: number; readonly index: number };
	/** The oldest first; the same list, longer, whenever it is asked again. */
	find(choice: Choice): readonly Decided[];
	/** Values of a part among the decisions of a choice, with how many have each, by value. A decision that does several things counts with each. */
	counts(part: Part, choice?: Choice): ReadonlyMap<string, number>;
}

/** A decision, or what became of one, by its id. */
export interface Decided {
	readonly id: string;
	readonly values: Readonly<Record<Part, readonly string[]>>;
}

export function createFinder(): Finder {
	const all: Decided[] = [];
	const by = new Map<Part, Map<string, Decided[]>>(PARTS.map((part) => [part, new Map()]));
	// The same few values stand in each decision, so they are kept once.
	const lists = new Map<string, readonly string[]>();
	let last = { year: 0, index: -1 };

	function once(values: readonly string[]): readonly string[] {
		const key = values.join('\n');
		const known = lists.get(key) ?? values;
		lists.set(key, known);
		return known;
	}

	function find(choice: Choice): readonly Decided[] {
		const named = PARTS.filter((part) => choice[part] !== undefined);
		const some = named
			.map((part) => by.get(part)!.get(choice[part]!) ?? [])
			.reduce<readonly Decided[] | null>(
				(least, one) => (least && least.length <= one.length ? least : one),
				null,
			);
		if (some === null || named.length === 1) return some ?? all;
		return some.filter(({ values }) => named.every((part) => values[part].includes(choice[part]!)));
	}

	return {
		add(rows) {
			for (const { id, kind, branch, rule, acts, decided_on, log_year, log_index } of rows) {
				if (log_year < last.year || (log_year === last.year && log_index <= last.index)) continue;
				const quarter = quarterOfDay(decided_on);
				const values = {
					...{
						branch: once([branch]),
						rule: once([rule]),
						act: once(kind === 'decision' ? acts : [kind]),
						quarter: once([quarter]),
					},
				};
				const decided = { id, values };
				all.push(decided);
				for (const part of PARTS) {
					const lists = by.get(part)!;
					for (const value of values[part]) {
						const known = lists.get(value);
						if (known) known.push(decided);
						else lists.set(value, [decided]);
					}
				}
				last = { year: log_year, index: log_index };
			}
		},
		last: () => last,
		find,
		counts(part, choice) {
			if (!choice) return new Map([...by.get(part)!].map(([value, some]) => [value, some.length]));
			const counts = new Map<string, number>();
			for (const { values } of find(choice))
				for (const value of values[part]) counts.set(value, (counts.get(value) ?? 0) + 1);
			return counts;
		},
	};
}
