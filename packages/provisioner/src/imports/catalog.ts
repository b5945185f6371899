import type { Context } from '../context.ts';
import type { NewBranch } from '../services/branches.ts';
import type { NewLibrary } from '../services/libraries.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';
import type { System } from '../survey/outlet.ts';
import { branchLabel, libraryLabel } from '../survey/slugs.ts';
import { zoneOf } from '../survey/zones.ts';
import type { Act, BranchSet } from './acts.ts';
import { type FileRow, keyOf } from './file-row.ts';
import type { RowResult } from './outcome.ts';
import type { FileFacts } from './read-file.ts';
import type { Why } from './reasons.ts';
import type { Room } from './room.ts';

const BRANCH_COLUMNS = [
	...(['id', 'library', 'slug', 'name', 'origin', 'source_seq', 'source_digest', 'stage', 'kind'] as const),
	...(['proposed_closing', 'address', 'location', 'phone', 'housing', 'door'] as const),
] as const;
const LIBRARY_COLUMNS = ['id', 'slug', 'name', 'source_key', 'source_digest', 'address', 'phone'] as const;

type KnownBranch = Pick<BranchRow, (typeof BRANCH_COLUMNS)[number]>;
interface KnownLibrary {
	readonly row: Pick<LibraryRow, (typeof LIBRARY_COLUMNS)[number]>;
	readonly bySequence: Map<string, KnownBranch>;
	readonly bySlug: Map<string, KnownBranch>;
}

/** What becomes of a row, and what has to be written so that it does. */
export interface Planned {
	readonly result: RowResult;
	readonly acts: readonly Act[];
	/** What was known of a branch or library that changes: another state of the platform is another plan. */
	readonly was: object | null;
}

/**
 * What the platform knows of libraries and branches while a file is gone through, and what each row therefore comes to. Writes nothing: a preview
 * asks it the same as an import. Some hundred bytes for each branch; the whole survey is 17,000 of them.
 */
export class Catalog {
	readonly #context: Context;
	readonly #facts: FileFacts;
	readonly #bySource = new Map<string, KnownLibrary>();
	readonly #bySlug = new Map<string, KnownLibrary>();
	/** In which line each key stood first. */
	readonly #seen = new Map<string, number>();
	/** Ids of branches that this file has as open. */
	readonly #open = new Set<string>();
	/** The one library whose own file it is; null for a file of the platform. */
	#own: KnownLibrary | null = null;
	#room: Room | null = null;

	constructor(context: Context, facts: FileFacts) {
		this.#context = context;
		this.#facts = facts;
	}

	/** A catalog of what is there now. With the id of a library it knows that one alone, and so can neither touch nor name another. */
	static async load(context: Context, facts: FileFacts, own: string | null): Promise<Catalog> {
		const catalog = new Catalog(context, facts);
		const libraries = context.database<LibraryRow>('library').select(...LIBRARY_COLUMNS);
		const branches = context.database<BranchRow>('branch').select(...BRANCH_COLUMNS);
		if (own !== null) {
			libraries.where({ id: own });
			branches.where({ library: own });
		}
		const byId = new Map((await libraries).map((row) => [row.id, catalog.#add(row)]));
		for (const row of await branches) addBranch(byId.get(row.library)!, row);
		if (own !== null) catalog.#own = byId.get(own)!;
		return catalog;
	}

	/** From now on there is room for so much; each row that needs some takes it. */
	limitTo(room: Room | null): void {
		this.#room = room && { ...room };
	}

	/** What a row comes to. In the order of the file, each row once. */
	plan(row: FileRow): Planned {
		if (this.#isOfAnother(row)) {
			const { source_key, slug } = this.#own!.row;
			const own = row.what === 'listed' ? slug : (source_key ?? slug);
			return nothing(resultOf(row, 'refused', { why: { code: 'other_library', values: { own } } }));
		}
		if (row.what === 'none') return nothing(resultOf(row, row.outcome, { why: row.why }));
		const key = keyOf(row)!;
		const first = this.#seen.get(key);
		if (first !== undefined)
			return nothing(resultOf(row, 'refused', { why: { code: 'twice', values: { key, line: first } } }));
		this.#seen.set(key, row.line);
		if (row.what === 'system') return this.#system(row);
		return row.what === 'outlet' ? this.#outlet(row) : this.#listed(row);
	}

	/** A row that an import took in before its process died: what it made is there already. */
	passOver(row: FileRow): void {
		if (row.what === 'none' || this.#isOfAnother(row)) return;
		const key = keyOf(row)!;
		if (this.#seen.has(key)) return;
		this.#seen.set(key, row.line);
		const branch =
			row.what === 'outlet'
				? this.#bySource.get(row.library)?.bySequence.get(row.row.sequence)
				: row.what === 'listed'
					? this.#bySlug.get(row.library)?.bySlug.get(row.row.branch)
					: undefined;
		if (branch) this.#open.add(branch.id);
	}

	/**
	 * Branches of the libraries in the file that it has no more, or has as closed, are proposed for closing; a person decides. Of a library that it has
	 * no row of it says nothing.
	 */
	missing(): Planned[] {
		if (!this.#facts.tellsBranches) return [];
		return [...this.#facts.libraries].flatMap((name) => {
			const fromSurvey = this.#bySource.get(name);
			const library = fromSurvey ?? this.#bySlug.get(name);
			const branches = fromSurvey ? fromSurvey.bySequence.values() : (library?.bySlug.values() ?? []);
			return [...branches]
				.filter((branch) => !this.#open.has(branch.id) && isToBeProposed(branch))
				.map((branch) => {
					const key = fromSurvey ? `${name}-${branch.source_seq}` : `${name}/${branch.slug}`;
					const reason = fromSurvey ? 'not_in_survey' : 'not_in_file';
					const result: RowResult = {
						...{ line: null, key, outcome: 'proposed_closing', why: { code: reason } },
						...{ name: branch.name, url: branch.origin, changed: [] },
					};
					return { result, acts: [{ act: 'propose_closing', id: branch.id, reason }], was: null };
				});
		});
	}

	/** Is it a row that one library's own file has no say in? What does not tell its library is refused for what it is. */
	#isOfAnother({ what, library }: FileRow): boolean {
		if (!this.#own || library === null) return false;
		const { slug, source_key } = this.#own.row;
		if (what === 'none') return library !== slug && library !== source_key;
		return library !== (what === 'listed' ? slug : source_key);
	}

	/** Takes room for a branch that the library has not had, or for a home of its own that it has not had; the reason when there is none. */
	#full(wanted: { readonly branch: boolean; readonly dedicated: boolean }): Why | null {
		const room = this.#room;
		if (!room) return null;
		const kinds = [
			...(wanted.branch ? (['branches'] as const) : []),
			...(wanted.dedicated ? (['dedicated'] as const) : []),
		];
		const full = kinds.find((kind) => room[kind] === 0);
		if (full) return room.full[full];
		const left = kinds.map((kind) => [kind, room[kind] === null ? null : room[kind] - 1]);
		this.#room = { ...room, ...Object.fromEntries(left) };
		return null;
	}

	#system(row: Extract<FileRow, { what: 'system' }>): Planned {
		const known = this.#bySource.get(row.library);
		const system = row.row;
		const { name, phone, address, digest } = system;
		if (!known) {
			const acts = [this.#newFromSurvey(system).act];
			return { result: resultOf(row, 'created', { name }), acts, was: null };
		}
		if (known.row.source_digest === digest)
			return nothing(resultOf(row, 'unchanged', { name: known.row.name }));
		const changed = differing(known.row, { name, phone, address });
		const set = { name, phone, address, source_digest: digest };
		const was = known.row;
		return {
			result: resultOf(row, 'updated', { name, changed }),
			acts: [{ act: 'update_library', id: known.row.id, set }],
			was,
		};
	}

	#outlet(row: Extract<FileRow, { what: 'outlet' }>): Planned {
		const outlet = row.row;
		const acts: Act[] = [];
		let library = this.#bySource.get(row.library);
		if (!library) {
			const central = this.#facts.namesake.get(row.library) ?? outlet;
			const { line, region, fullName: name, address, phone } = central;
			const system = { line, system: row.library, region, name, address, phone, digest: '' };
			const made = this.#newFromSurvey(system);
			acts.push(made.act);
			library = made.library;
		}
		const known = library.bySequence.get(outlet.sequence);
		const { name, address, location, phone, digest } = outlet;
		if (!known) {
			const slug = branchLabel(outlet, library.bySlug);
			const source = { seq: outlet.sequence, digest };
			return this.#created(row, library, { slug, name, address, location, phone, source }, acts);
		}
		this.#open.add(known.id);
		if (known.source_digest === digest && known.proposed_closing === null)
			return nothing(resultOf(row, 'unchanged', { name: known.name, url: known.origin }));
		// An edition without it takes away nothing that was told before.
		const set = { name, address, phone, ...(location && { location }), source_digest: digest };
		return this.#updated(row, known, set);
	}

	#listed(row: Extract<FileRow, { what: 'listed' }>): Planned {
		const listed = row.row;
		const acts: Act[] = [];
		let library = this.#bySlug.get(row.library);
		if (!library) {
			const { libraryName, region, zone } = listed;
			if (!libraryName || !region) {
				const why: Why = { code: 'no_library', values: { library: row.library } };
				return nothing(resultOf(row, 'refused', { why }));
			}
			const wanted = { slug: row.library, name: libraryName, region, zone: zone ?? zoneOf(region) };
			const made = this.#newLibrary(wanted);
			acts.push(made.act);
			library = made.library;
		}
		const known = library.bySlug.get(listed.branch);
		const { name, address, location, phone, door, home } = listed;
		if (!known) {
			const wanted = { slug: listed.branch, name, address, location, phone, door, ...(home && { home }) };
			return this.#created(row, library, wanted, acts);
		}
		this.#open.add(known.id);
		if (home !== null && home !== known.housing && known.stage !== 'listed') {
			const why: Why = { code: 'lives_elsewhere', values: { home: known.housing } };
			return nothing(resultOf(row, 'refused', { why, name: known.name, url: known.origin }));
		}
		const isMoreDedicated = home === 'dedicated' && known.housing !== 'dedicated';
		const why = this.#full({ branch: false, dedicated: isMoreDedicated });
		if (why) return nothing(resultOf(row, 'refused', { why, name: known.name, url: known.origin }));
		return this.#updated(row, known, {
			...{ name, address: { ...known.address, ...said(address) } },
			...(location && { location }),
			...(phone && { phone }),
			...(door && { door }),
			...(home && { housing: home }),
		});
	}

	/** A branch that is there takes over what differs; one that was proposed for closing is not any more. */
	#updated(row: FileRow & { what: 'outlet' | 'listed' }, known: KnownBranch, set: BranchSet): Planned {
		const { source_digest: _digest, ...shown } = set;
		const changed = [
			...differing(known, shown),
			...(known.proposed_closing === null ? [] : ['proposed_closing']),
		];
		const { name, origin: url } = known;
		if (row.what === 'listed' && changed.length === 0)
			return nothing(resultOf(row, 'unchanged', { name, url }));
		const result = resultOf(row, 'updated', { name: set.name, url, changed });
		return { result, acts: [{ act: 'update_branch', id: known.id, set }], was: known };
	}

	#created(
		row: FileRow & { what: 'outlet' | 'listed' },
		library: KnownLibrary,
		wanted: NewBranch,
		acts: readonly Act[],
	): Planned {
		const why = this.#full({ branch: true, dedicated: wanted.home === 'dedicated' });
		if (why) return nothing(resultOf(row, 'refused', { why }));
		const place = library.bySlug.size;
		const branch = { ...wanted, id: this.#context.randomId() };
		const origin = this.#context.addresses.branch(library.row.slug, branch.slug);
		addBranch(library, {
			...{ id: branch.id, library: library.row.id, slug: branch.slug, name: branch.name, origin },
			...{ source_seq: branch.source?.seq ?? null, source_digest: branch.source?.digest ?? null },
			...{ stage: 'listed', kind: 'branch', proposed_closing: null, address: branch.address },
			...{ location: branch.location ?? null, phone: branch.phone ?? null },
			...{ housing: branch.home ?? 'shared', door: branch.door ?? null },
		});
		this.#open.add(branch.id);
		const { id, slug } = library.row;
		const act: Act = { act: 'insert_branch', library: { id, slug }, branch, place };
		return {
			result: resultOf(row, 'created', { name: branch.name, url: origin }),
			acts: [...acts, act],
			was: null,
		};
	}

	#newFromSurvey(system: System): { act: Act; library: KnownLibrary } {
		// Without the systems file nobody told the library's name, so its label is its key.
		const slug = system.digest ? libraryLabel(system, this.#bySlug) : system.system.toLowerCase();
		const { name, region, address, phone, digest } = system;
		const source = { key: system.system, digest: digest || null };
		return this.#newLibrary({ slug, name, region, zone: zoneOf(region), address, phone, source });
	}

	#newLibrary(wanted: NewLibrary): { act: Act; library: KnownLibrary } {
		const library = { ...wanted, id: this.#context.randomId() };
		const { id, slug, name, address = null, phone = null, source } = library;
		const known = this.#add({
			...{ id, slug, name, address, phone },
			...{ source_key: source?.key ?? null, source_digest: source?.digest ?? null },
		});
		return { act: { act: 'insert_library', library }, library: known };
	}

	#add(row: KnownLibrary['row']): KnownLibrary {
		const library = { row, bySequence: new Map(), bySlug: new Map() };
		this.#bySlug.set(row.slug, library);
		if (row.source_key) this.#bySource.set(row.source_key, library);
		return library;
	}
}

function addBranch(library: KnownLibrary, row: KnownBranch): void {
	library.bySlug.set(row.slug, row);
	if (row.source_seq) library.bySequence.set(row.source_seq, row);
}

/** What nobody can close any more, and what is closing, needs no proposal. */
function isToBeProposed({ kind, stage, proposed_closing }: KnownBranch): boolean {
	return kind === 'branch' && proposed_closing === null && stage !== 'retired';
}

function nothing(result: RowResult): Planned {
	return { result, acts: [], was: null };
}

function resultOf(
	row: FileRow,
	outcome: RowResult['outcome'],
	more: Partial<Pick<RowResult, 'why' | 'name' | 'url' | 'changed'>>,
): RowResult {
	return {
		line: row.line,
		key: keyOf(row),
		outcome,
		why: null,
		name: null,
		url: null,
		changed: [],
		...more,
	};
}

/** Names of the fields that say something else than is known. */
function differing(known: object, wanted: object): string[] {
	const text = (value: unknown) => JSON.stringify(value, sortedKeys);
	return Object.entries(wanted)
		.filter(([field, value]) => text(value) !== text((known as Record<string, unknown>)[field] ?? null))
		.map(([field]) => field);
}

/** PostgreSQL gives the fields of an object in an order of its own. */
function sortedKeys(_name: string, value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The fields of an address that the file says something of. */
function said<T extends object>(fields: T): Partial<T> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) as Partial<T>;
}
