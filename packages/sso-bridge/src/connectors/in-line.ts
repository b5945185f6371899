import type { Connector } from './connector.ts';

/** How many questions wait for one catalogue at most; whoever comes after them is told at once that it is busy. */
const LONGEST_LINE = 200;

/**
 * Lets so many questions at a time to a catalogue, since some serve only so many connections and starve their own machines with more (reference/library-sso.md
 * 1.9). The others wait in line, in their order, no longer than `waitMs`; then nobody can tell now.
 */
export function inLine(
	connector: Connector,
	{ atOnce, waitMs }: { readonly atOnce: number; readonly waitMs: number },
): Connector {
	let running = 0;
	const line: (() => void)[] = [];

	function turn(): Promise<boolean> {
		if (running < atOnce) {
			running++;
			return Promise.resolve(true);
		}
		if (line.length >= LONGEST_LINE) return Promise.resolve(false);
		return new Promise((resolve) => {
			const called = () => {
				clearTimeout(late);
				resolve(true);
			};
			const late = setTimeout(() => {
				line.splice(line.indexOf(called), 1);
				resolve(false);
			}, waitMs);
			line.push(called);
		});
	}

	function done(): void {
		// The place is handed on, so that nobody slips in between.
		const next = line.shift();
		if (next) next();
		else running--;
	}

	async function inTurn<T>(
		work: () => Promise<T>,
	): Promise<T | { outcome: 'unavailable'; reason: 'line_too_long' }> {
		if (!(await turn())) return { outcome: 'unavailable', reason: 'line_too_long' };
		try {
			return await work();
		} finally {
			done();
		}
	}

	return {
		kind: connector.kind,
		check: (card, secret, when) => inTurn(() => connector.check(card, secret, when)),
		probe: (card, secret, when) => inTurn(() => connector.probe(card, secret, when)),
		reach: (when) => inTurn(() => connector.reach(when)),
	};
}
