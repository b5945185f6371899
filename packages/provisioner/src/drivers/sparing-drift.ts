import type { Drift, HomeDriver } from './driver.ts';

/** A home is looked at this closely no more often than that, in milliseconds: a little less than the time between two sweeps. */
const EVERY = 50_000;
/** The time that one such look costs of what all homes have, in milliseconds: twenty a minute. */
const SPACING = 3_000;
/** So many may be saved up. */
const SAVED = 20;
/** However often a home was changed back in a row, it is looked at again after this, in milliseconds. */
const LONGEST = 3_600_000;

interface Known {
	readonly found: Drift | null;
	/** When it was looked at. */
	readonly at: number;
	/** How often in a row it was mended. */
	readonly mended: number;
}

/**
 * A driver that looks for what others changed sparingly: twenty homes a minute, each in its turn, however many there are and however often they are
 * asked about. What was mended is looked at again after a pause that doubles each time in a row, so that two who do not
 * agree about a home do not restart it for ever. A home of which it is told that it changed is looked at before its turn, but not before that pause is
 * over, and out of the same twenty. What is changed about a home is forgotten with it.
 */
export function withSparingDrift(driver: HomeDriver, now: () => number): HomeDriver {
	const { drift, upgrader } = driver;
	if (!drift) return driver;
	/** Homes that somebody asked about: among these the looks are shared out. */
	const asked = new Set<string>();
	const known = new Map<string, Known>();
	/** Homes that changed since somebody began to look at them. */
	const hurried = new Set<string>();
	const mending = new Map<string, Promise<void>>();
	let saved = SAVED;
	let since = now();

	/** Whether there is a look left, which is then taken. */
	function take(): boolean {
		const time = now();
		saved = Math.min(SAVED, saved + (time - since) / SPACING);
		since = time;
		if (saved < 1) return false;
		saved -= 1;
		return true;
	}

	async function look(name: string): Promise<Drift | null> {
		asked.add(name);
		const last = known.get(name);
		const pause = Math.max(EVERY, asked.size * SPACING) * 2 ** (last?.mended ?? 0);
		const isHurried = hurried.has(name) && last?.mended === 0;
		const isDue = last === undefined || isHurried || now() >= last.at + Math.min(pause, LONGEST);
		if (!isDue || !take()) return last?.found ?? null;
		// Written down before it is seen, so that nobody else looks meanwhile.
		known.set(name, { found: last?.found ?? null, at: now(), mended: last?.mended ?? 0 });
		hurried.delete(name);
		const found = await drift!.look(name);
		known.set(name, { found, at: now(), mended: found ? (last?.mended ?? 0) : 0 });
		return found;
	}

	async function mend(name: string): Promise<void> {
		await drift!.mend(name);
		known.set(name, { found: null, at: now(), mended: (known.get(name)?.mended ?? 0) + 1 });
	}

	/** Does something with a home, after which it is another. */
	async function changing<T>(name: string, act: () => Promise<T>): Promise<T> {
		try {
			return await act();
		} finally {
			known.delete(name);
		}
	}

	return {
		...driver,
		drift: {
			look,
			mend(name) {
				const going = mending.get(name) ?? mend(name).finally(() => mending.delete(name));
				mending.set(name, going);
				return going;
			},
		},
		start: (spec) => changing(spec.name, () => driver.start(spec)),
		stop(name) {
			asked.delete(name);
			hurried.delete(name);
			return changing(name, () => driver.stop(name));
		},
		...(driver.watch && {
			watch: (changed: (home: string) => void) =>
				driver.watch!((home) => {
					if (known.has(home)) hurried.add(home);
					changed(home);
				}),
		}),
		...(driver.readdress && { readdress: (spec) => changing(spec.name, () => driver.readdress!(spec)) }),
		...(upgrader && {
			upgrader: {
				...upgrader,
				upgrade: (spec) => changing(spec.name, () => upgrader.upgrade(spec)),
				rollBack: (name, revision) => changing(name, () => upgrader.rollBack(name, revision)),
			},
		}),
	};
}
