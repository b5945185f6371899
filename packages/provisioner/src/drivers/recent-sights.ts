import type { HomeDriver, HomeSight } from './driver.ts';

/** For so long a home that was seen running is not looked at again, in milliseconds. */
const RECENT = 2_000;

/**
 * A driver that remembers for two seconds that it saw a home run, so that a look at each of the thousand branches of a home is not a thousand questions to the
 * cluster. Nothing else is remembered: whoever acts on what is absent or unknown has just looked. What is done with a home is forgotten
 * at once, and so is one of which it is told that it changed.
 */
export function withRecentSights(driver: HomeDriver, now: () => number): HomeDriver {
	const seen = new Map<string, { readonly until: number; readonly sight: Promise<HomeSight> }>();

	function observe(name: string): Promise<HomeSight> {
		const known = seen.get(name);
		if (known && now() < known.until) return known.sight;
		const sight = driver.observe(name);
		const kept = { until: now() + RECENT, sight };
		seen.set(name, kept);
		const forget = () => {
			if (seen.get(name) === kept) seen.delete(name);
		};
		sight.then(({ state }) => state !== 'Running' && forget(), forget);
		return sight;
	}

	/** Does something with a home, before and after which nothing about it is remembered. */
	async function changing<T>(name: string, act: () => Promise<T>): Promise<T> {
		seen.delete(name);
		try {
			return await act();
		} finally {
			seen.delete(name);
		}
	}

	const { upgrader, drift } = driver;
	return {
		...driver,
		observe,
		start: (spec) => changing(spec.name, () => driver.start(spec)),
		stop: (name) => changing(name, () => driver.stop(name)),
		...(driver.watch && {
			watch: (changed: (home: string) => void) =>
				driver.watch!((home) => {
					seen.delete(home);
					changed(home);
				}),
		}),
		...(drift && {
			drift: { ...drift, mend: (name) => changing(name, () => drift.mend(name)) },
		}),
		...(upgrader && {
			upgrader: {
				...upgrader,
				upgrade: (spec) => changing(spec.name, () => upgrader.upgrade(spec)),
				rollBack: (name, revision) => changing(name, () => upgrader.rollBack(name, revision)),
			},
		}),
	};
}
