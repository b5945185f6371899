import type { HomeDriver, HomeSpec } from './driver.ts';

/** A home that was started on this machine. */
export interface StartedHome {
	close(): Promise<void>;
	/** Resolves when it has ended without being asked; a home in this very process has none. */
	readonly ended?: Promise<void>;
}

/** How a home is started here; the town hands in one that runs it in its own process. */
export type HomeStarter = (spec: HomeSpec) => Promise<StartedHome>;

/**
 * The driver for one machine: it remembers what it started, and starts each name once however often it is asked. One that ends by itself is
 * absent from then on, and `lost` is told.
 */
export function createLocalDriver(
	start: HomeStarter,
	lost: (name: string) => void = () => undefined,
): HomeDriver & { close(): Promise<void> } {
	const running = new Map<string, Promise<StartedHome>>();
	return {
		async observe(name) {
			const home = running.get(name);
			if (!home) return { state: 'Absent' };
			return home.then(
				() => ({ state: 'Running' }),
				() => ({ state: 'Absent' }),
			);
		},
		async start(spec) {
			const known = running.get(spec.name);
			if (known) {
				await known;
				return;
			}
			const starting = start(spec);
			running.set(spec.name, starting);
			// A start that failed leaves the name free for the next try.
			starting.catch(() => running.delete(spec.name));
			const { ended } = await starting;
			void ended?.then(() => {
				if (running.get(spec.name) !== starting) return;
				running.delete(spec.name);
				lost(spec.name);
			});
		},
		async stop(name) {
			const home = running.get(name);
			running.delete(name);
			await (await home?.catch(() => undefined))?.close();
		},
		async close() {
			await Promise.all([...running.keys()].map((name) => this.stop(name)));
		},
	};
}
