import type { Context } from '../context.ts';
import { insertBranches } from '../services/branches.ts';
import { insertLibraries } from '../services/libraries.ts';
import type { Database } from '../store/database.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';
import type { Outlet, System } from './outlet.ts';
import { branchLabel, libraryLabel } from './slugs.ts';
import { zoneOf } from './zones.ts';

/** What happened to one row. */
export interface RowResult {
	readonly line: number;
	readonly key: string | null;
	readonly outcome: 'created' | 'unchanged' | 'updated' | 'skipped' | 'refused' | 'proposed_closing';
	readonly reason: string | null;
}

type KnownBranch = Pick<
	BranchRow,
	'id' | 'slug' | 'source_seq' | 'source_digest' | 'stage' | 'proposed_closing'
>;
interface KnownLibrary {
	readonly row: Pick<LibraryRow, 'id' | 'slug' | 'name' | 'source_key' | 'source_digest'>;
	/** By sequence number. */
	readonly branches: Map<string, KnownBranch>;
	readonly slugs: Set<string>;
}

/**
 * What the platform knows of the survey's libraries and branches while a file is read, and how a batch of rows becomes rows of ours.
 * Holds some hundred bytes for each branch; the whole survey is 17,000 of them.
 */
export class Catalog {
	readonly #context: Context;
	readonly #libraries = new Map<string, KnownLibrary>();
	readonly #slugs = new Set<string>();
	/** Keys of outlets that this file has as open. */
	readonly seen = new Set<string>();

	constructor(context: Context) {
		this.#context = context;
	}

	/** Reads what is known; of the systems named only, when some are. */
	async load(): Promise<void> {
		const { database } = this.#context;
		for (const row of await database<LibraryRow>('library').select(
			'id',
			'slug',
			'name',
			'source_key',
			'source_digest',
		)) {
			this.#slugs.add(row.slug);
			if (row.source_key) this.#libraries.set(row.source_key, { row, branches: new Map(), slugs: new Set() });
		}
		const byId = new Map([...this.#libraries.values()].map((library) => [library.row.id, library]));
		const columns = [
			'id',
			'library',
			'slug',
			'source_seq',
			'source_digest',
			'stage',
			'proposed_closing',
		] as const;
		for (const row of await database<BranchRow>('branch').select(...columns)) {
			const library = byId.get(row.library);
			library?.slugs.add(row.slug);
			if (row.source_seq) library?.branches.set(row.source_seq, row);
		}
	}

	/** Takes in a batch of rows of a systems file, in one transaction. */
	async takeSystems(systems: readonly System[]): Promise<RowResult[]> {
		const fresh = systems.filter(({ system }) => !this.#libraries.has(system));
		return this.#context.database.transaction(async (transaction) => {
			await this.#insertLibraries(transaction, fresh);
			const results: RowResult[] = fresh.map(({ line, system }) => done(line, system, 'created'));
			for (const system of systems) {
				if (fresh.includes(system)) continue;
				const known = this.#libraries.get(system.system)!;
				if (known.row.source_digest === system.digest) {
					results.push(done(system.line, system.system, 'unchanged'));
					continue;
				}
				const { name, phone, address, digest } = system;
				await transaction('library')
					.where({ id: known.row.id })
					.update({ name, phone, address: JSON.stringify(address), source_digest: digest });
				results.push(done(system.line, system.system, 'updated'));
			}
			return results;
		});
	}

	/** Takes in a batch of rows of an outlet file, in one transaction. Host labels are given once and never changed. */
	async takeOutlets(outlets: readonly Outlet[]): Promise<RowResult[]> {
		return this.#context.database.transaction(async (transaction) => {
			await this.#insertLibraries(transaction, this.#unknownSystems(outlets));
			const results: RowResult[] = [];
			const fresh: { library: KnownLibrary; outlet: Outlet }[] = [];
			for (const outlet of outlets) {
				const key = `${outlet.system}-${outlet.sequence}`;
				this.seen.add(key);
				const library = this.#libraries.get(outlet.system)!;
				const known = library.branches.get(outlet.sequence);
				if (!known) {
					fresh.push({ library, outlet });
					results.push(done(outlet.line, key, 'created'));
				} else if (known.source_digest === outlet.digest && known.proposed_closing === null) {
					results.push(done(outlet.line, key, 'unchanged'));
				} else {
					await this.#update(transaction, known, outlet);
					results.push(done(outlet.line, key, 'updated'));
				}
			}
			await this.#insertBranches(transaction, fresh);
			return results;
		});
	}

	/** Branches of the survey that this file has no more, or has as closed, are proposed for closing; a person decides. */
	async proposeClosings(only: ReadonlySet<string> | null): Promise<RowResult[]> {
		const results: RowResult[] = [];
		for (const [system, library] of this.#libraries) {
			if (only && !only.has(system)) continue;
			for (const [sequence, branch] of library.branches) {
				const key = `${system}-${sequence}`;
				if (this.seen.has(key) || branch.proposed_closing !== null || branch.stage === 'retired') continue;
				await this.#context
					.database('branch')
					.where({ id: branch.id })
					.update({ proposed_closing: 'not_in_survey' });
				results.push({
					line: 0,
					key,
					outcome: 'proposed_closing',
					reason: 'The file has no open branch with this key.',
				});
			}
		}
		return results;
	}

	#unknownSystems(outlets: readonly Outlet[]): System[] {
		const unknown = outlets.filter(({ system }) => !this.#libraries.has(system));
		return [...Map.groupBy(unknown, ({ system }) => system)].map(([system, rows]) => {
			const central = rows.find((row) => row.central) ?? rows[0]!;
			const { line, region, fullName: name, address, phone } = central;
			return { line, system, region, name, address, phone, digest: '' };
		});
	}

	async #insertLibraries(transaction: Database, systems: readonly System[]): Promise<void> {
		if (systems.length === 0) return;
		const wanted = systems.map((system) => {
			// Without the systems file nobody told the library's name, so its label is its key.
			const slug = system.digest ? libraryLabel(system, this.#slugs) : system.system.toLowerCase();
			this.#slugs.add(slug);
			const { name, region, address, phone, digest } = system;
			const source = { key: system.system, digest: digest || null };
			return { slug, name, region, zone: zoneOf(region), address, phone, source };
		});
		for (const row of await insertLibraries(this.#context, transaction, wanted)) {
			this.#libraries.set(row.source_key!, { row, branches: new Map(), slugs: new Set() });
		}
	}

	async #insertBranches(
		transaction: Database,
		fresh: readonly { library: KnownLibrary; outlet: Outlet }[],
	): Promise<void> {
		const places = fresh.map(({ library, outlet }) => {
			const slug = branchLabel(outlet, library.slugs);
			const place = library.slugs.size;
			library.slugs.add(slug);
			const { name, address, location, phone, sequence, digest } = outlet;
			const branch = { slug, name, address, location, phone, source: { seq: sequence, digest } };
			return { library: library.row, branch, place };
		});
		const rows = await insertBranches(this.#context, transaction, places, 'listed');
		const byId = new Map(fresh.map(({ library }) => [library.row.id, library]));
		for (const row of rows) byId.get(row.library)!.branches.set(row.source_seq!, row);
	}

	async #update(transaction: Database, known: KnownBranch, outlet: Outlet): Promise<void> {
		await transaction('branch')
			.where({ id: known.id })
			.update({
				name: outlet.name,
				address: JSON.stringify(outlet.address),
				// An edition without it takes away nothing that was told before.
				...(outlet.location ? { location: JSON.stringify(outlet.location) } : {}),
				phone: outlet.phone,
				source_digest: outlet.digest,
				proposed_closing: null,
				generation: transaction.raw("case when stage = 'listed' then generation else generation + 1 end"),
			});
	}
}

function done(line: number, key: string, outcome: RowResult['outcome']): RowResult {
	return { line, key, outcome, reason: null };
}
