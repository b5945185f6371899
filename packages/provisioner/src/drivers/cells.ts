import type { HomeDriver, HomeWatch } from './driver.ts';

export interface CellsDriverParts {
	/** The driver of the first cell. */
	readonly first: HomeDriver;
	/** The name of the cell that a home is in; null for the first, and for a home that nobody knows. */
	cellOf(home: string): Promise<string | null>;
	/** The driver of another cell; asked for once each. Throws `PublicError` when it cannot be reached as the settings say. */
	open(cell: string): Promise<HomeDriver>;
}

/** A driver over all cells. */
export interface CellsDriver extends Omit<HomeDriver, 'lead'> {
	/** The driver of one cell, by the name of its file; null for the first. Throws `PublicError` as `open` does. */
	ofCell(cell: string | null): Promise<HomeDriver>;
	/** Lets go of the driver of a cell that was taken away. */
	close(cell: string): void;
}

/**
 * One driver over all cells: each home is for the driver of its cell. A home never changes its cell, so each is looked up once. What homes are
 * started with is the same everywhere, and so is the version.
 */
export function createCellsDriver(parts: CellsDriverParts): CellsDriver {
	const { first } = parts;
	const cells = new Map<string, string | null>();
	const drivers = new Map<string, Promise<HomeDriver>>();
	const watches = new Map<Promise<HomeDriver>, HomeWatch>();
	let changed: ((home: string) => void) | null = null;

	/** Listens to a cell as long as it is there and somebody wants to know. */
	async function listen(cell: string, driver: Promise<HomeDriver>): Promise<void> {
		const { watch } = await driver;
		if (changed && watch && drivers.get(cell) === driver && !watches.has(driver))
			watches.set(driver, watch(changed));
	}

	async function unlisten(driver: Promise<HomeDriver>): Promise<void> {
		const watch = watches.get(driver);
		watches.delete(driver);
		await watch?.close();
	}

	function open(cell: string): Promise<HomeDriver> {
		let driver = drivers.get(cell);
		if (!driver) {
			driver = parts.open(cell);
			drivers.set(cell, driver);
			// A file that was not there may be put there.
			listen(cell, driver).catch(() => drivers.delete(cell));
		}
		return driver;
	}

	async function of(home: string): Promise<HomeDriver> {
		let cell = cells.get(home);
		if (cell === undefined) {
			cell = await parts.cellOf(home);
			cells.set(home, cell);
		}
		return cell === null ? first : open(cell);
	}

	async function upgraderOf(home: string) {
		const { upgrader } = await of(home);
		if (!upgrader) throw new Error(`the cell of ${home} has no versions`);
		return upgrader;
	}

	return {
		ofCell: async (cell) => (cell === null ? first : open(cell)),
		close(cell) {
			const driver = drivers.get(cell);
			drivers.delete(cell);
			if (driver) void unlisten(driver);
		},
		observe: async (name) => (await of(name)).observe(name),
		start: async (spec) => (await of(spec.name)).start(spec),
		async stop(name) {
			await (await of(name)).stop(name);
			cells.delete(name);
		},
		...(first.watch && {
			watch(tell) {
				changed = tell;
				const own = first.watch!(tell);
				for (const [cell, driver] of drivers) listen(cell, driver).catch(() => undefined);
				return {
					async close() {
						changed = null;
						await Promise.all([own.close(), ...[...watches.keys()].map(unlisten)]);
					},
				};
			},
		}),
		async namespaceFor(library, cell) {
			const driver = cell === null ? first : await open(cell);
			return (await driver.namespaceFor?.(library, cell)) ?? null;
		},
		async renewSecrets(namespaces, signal) {
			// A cell that does not answer keeps nothing from the others.
			const all = [Promise.resolve(first), ...drivers.values()];
			const done = await Promise.allSettled(
				all.map(async (driver) => (await driver).renewSecrets?.(namespaces, signal)),
			);
			const failed = done.find(({ status }) => status === 'rejected');
			if (failed?.status === 'rejected') throw failed.reason;
		},
		...(first.readdress && {
			readdress: async (spec) => (await of(spec.name)).readdress?.(spec),
		}),
		...(first.drift && {
			drift: {
				look: async (name) => (await (await of(name)).drift?.look(name)) ?? null,
				mend: async (name) => (await of(name)).drift?.mend(name),
			},
		}),
		...(first.upgrader && {
			upgrader: {
				version: first.upgrader.version,
				versionOf: async (name) => (await upgraderOf(name)).versionOf(name),
				revisionOf: async (name) => (await upgraderOf(name)).revisionOf(name),
				upgrade: async (spec) => (await upgraderOf(spec.name)).upgrade(spec),
				stay: async (name) => (await upgraderOf(name)).stay(name),
				rollBack: async (name, revision) => (await upgraderOf(name)).rollBack(name, revision),
			},
		}),
	};
}
