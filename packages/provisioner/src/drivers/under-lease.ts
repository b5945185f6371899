import type { HomeDriver } from './driver.ts';
import type { HomeLeases } from './home-leases.ts';

/** A driver whose acts are each done as the only one at that home, in all processes together. Looking needs nobody's leave. */
export function underLease(driver: HomeDriver, leases: Pick<HomeLeases, 'hold'>): HomeDriver {
	const { upgrader, drift, readdress } = driver;
	const starting = new Map<string, Promise<void>>();
	return {
		...driver,
		// Many branches of a home ask for the same start: one is enough for all of them.
		start(spec) {
			const known = starting.get(spec.name);
			if (known) return known;
			const start = leases
				.hold(spec.name, () => driver.start(spec))
				.finally(() => starting.delete(spec.name));
			starting.set(spec.name, start);
			return start;
		},
		stop: (name) => leases.hold(name, () => driver.stop(name)),
		...(readdress && { readdress: (spec) => leases.hold(spec.name, () => readdress(spec)) }),
		...(drift && { drift: { ...drift, mend: (name) => leases.hold(name, () => drift.mend(name)) } }),
		...(upgrader && {
			upgrader: {
				...upgrader,
				upgrade: (spec) => leases.hold(spec.name, () => upgrader.upgrade(spec)),
				rollBack: (name, revision) => leases.hold(name, () => upgrader.rollBack(name, revision)),
			},
		}),
	};
}
