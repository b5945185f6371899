import { isDay } from '@understory/core/calendar.ts';
import { type Door, type Hours, missingToOpen } from '@understory/core/door.ts';
import { BadInput, Conflict, type Fault, NotFound } from '@understory/core/errors.ts';
import type { Location } from '@understory/core/location.ts';
import type { Address, FederationMode } from '@understory/core/register.ts';
import { isLabel } from '@understory/core/slug.ts';
import { mayBecome } from '@understory/core/stage.ts';
import { CLOTHS } from '../cloths.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { branchesOf, changeBranch, findBranch, subjectOf, unknownConditions } from '../store/branches.ts';
import { type Database, lock } from '../store/database.ts';
import { policiesOf } from '../store/libraries.ts';
import { joinOwnNeighborhood } from '../store/neighborhoods.ts';
import type { BranchRow, HomeKind, LibraryRow } from '../store/rows.ts';
import { spineCode } from '../survey/names.ts';
import { holdToQuotas } from './quotas.ts';

/** What a branch needs to come into being. */
export interface NewBranch {
	/** Given when the same request may come twice, so that it makes one branch. */
	readonly id?: string;
	readonly slug: string;
	readonly name: string;
	readonly address: Address;
	readonly location?: Location | null;
	readonly phone?: string | null;
	readonly cloth?: string;
	/** Shared unless said otherwise. */
	readonly home?: HomeKind;
	readonly source?: { readonly seq: string; readonly digest: string };
	/** Whom to ask for there, when a file told it; it is open no sooner for that. */
	readonly door?: Door | null;
}

/** Makes a branch that is to be served at once, `unopened`. Throws `BadInput` with each fault, `Conflict` for a taken slug. */
export async function createBranch(
	context: Context,
	library: LibraryRow,
	wanted: NewBranch,
): Promise<BranchRow> {
	const faults = namingFaults(wanted);
	if (wanted.cloth !== undefined && !CLOTHS.includes(wanted.cloth)) {
		faults.push({ field: 'cloth', text: `Choose one of ${CLOTHS.join(', ')}.` });
	}
	if (faults.length > 0) throw new BadInput('This branch cannot be made as it stands.', faults);
	return context.database.transaction(async (transaction) => {
		await lock(transaction, `branches:${library.id}`);
		const known = await findBranch(transaction, library.id, wanted.slug);
		if (known && known.id === wanted.id) return known;
		if (known) {
			throw new Conflict(`${library.name} already has a branch "${wanted.slug}".`, 'slug_taken');
		}
		const place = (await branchesOf(transaction, library.id)).length;
		const [row] = await insertBranches(
			context,
			transaction,
			[{ library, branch: wanted, place }],
			'unopened',
		);
		await holdToQuotas(transaction, library);
		return row!;
	});
}

/** What is wrong with how a branch is to be called, in addresses and by people. */
export function namingFaults({ slug, name }: Pick<NewBranch, 'slug' | 'name'>): Fault[] {
	const faults: Fault[] = [];
	if (!isLabel(slug)) {
		faults.push({
			field: 'slug',
			text: 'Use small letters, digits and hyphens; card, www and a few others are taken.',
		});
	}
	if (!name.trim() || name.length > 100) {
		faults.push({ field: 'name', text: 'Write the name of the branch, at most 100 letters.' });
	}
	return faults;
}

/** One branch to be inserted, and where. */
export interface BranchPlace {
	readonly library: Pick<LibraryRow, 'id' | 'slug'>;
	readonly branch: NewBranch;
	/** How many branches the library has before this one; gives each the next cloth. */
	readonly place: number;
}

/**
 * Inserts branches of any number of libraries in a few statements, each into its library's own neighborhood, where it stands unless
 * somebody decides otherwise. Shared with the survey's import, which only lists them.
 */
export async function insertBranches(
	context: Context,
	database: Database,
	places: readonly BranchPlace[],
	stage: 'listed' | 'unopened',
): Promise<BranchRow[]> {
	if (places.length === 0) return [];
	const now = context.clock.now();
	const rows = places.map(({ library, branch, place }) => ({
		id: branch.id ?? context.randomId(),
		library: library.id,
		source_seq: branch.source?.seq ?? null,
		source_digest: branch.source?.digest ?? null,
		slug: branch.slug,
		name: branch.name.trim(),
		code: spineCode(branch.name),
		cloth: branch.cloth ?? CLOTHS[place % (CLOTHS.length - 1)]!,
		kind: 'branch',
		stage,
		origin: context.addresses.branch(library.slug, branch.slug),
		federation: 'neighborhood',
		address: JSON.stringify(branch.address),
		location: branch.location ? JSON.stringify(branch.location) : null,
		phone: branch.phone ?? null,
		housing: branch.home ?? 'shared',
		door: branch.door ? JSON.stringify(branch.door) : null,
		created: now,
	}));
	const inserted: BranchRow[] = await database('branch').insert(rows).returning('*');
	await database('condition').insert(inserted.flatMap((row) => unknownConditions(row.id, now)));
	await joinOwnNeighborhood(
		database,
		inserted.map((row) => row.id),
	);
	return inserted;
}

/** What it takes to open a branch (DESIGN 4.11). */
export interface Opening {
	readonly door: Door;
	/** Ids of the library's policies that hold here. */
	readonly policies: readonly string[];
	readonly appeal_partner: string;
}

/** Opens a branch that is not open yet. Throws `BadInput` that names everything missing, `Conflict` when its stage does not allow it. */
export async function openBranch(
	context: Context,
	branch: BranchRow,
	opening: Partial<Opening>,
): Promise<void> {
	await context.database.transaction(async (transaction) => {
		await lock(transaction, `branch:${branch.id}`);
		const now = await transaction<BranchRow>('branch').where({ id: branch.id }).first();
		if (!now) throw new NotFound('There is no such branch.');
		const known = (await policiesOf(transaction, branch.library))
			.filter((policy) => policy.branch === undefined)
			.map((policy) => policy.id);
		const policies = (opening.policies ?? []).filter((id) => known.includes(id));
		const door = opening.door ?? null;
		const appealPartner = opening.appeal_partner ?? null;
		// The door and what else it takes, in the order of the form.
		const faults = [
			...doorFaults(door),
			...missingToOpen({ door: WHOLE_DOOR, rulesAdopted: policies.length > 0, appealPartner }).map(
				(field) => ({
					field,
					text: MISSING[field],
				}),
			),
		];
		if (faults.length > 0) throw new BadInput('Something is missing before this branch can open.', faults);
		if (now.stage === 'listed' || !mayBecome(now.stage, 'open')) {
			throw new Conflict(`A branch that is ${now.stage} cannot be opened.`, 'stage');
		}
		await changeBranch(transaction, branch.id, {
			stage: 'open',
			door,
			door_since: String(context.clock.now()),
			hosted_until: null,
			unhosted: null,
			successor: null,
			policies,
			appeal_partner: appealPartner,
		});
	});
	context.afterStep('branch_opened');
}

const MISSING: Record<ReturnType<typeof missingToOpen>[number], string> = {
	host: 'Name the host: somebody people can ask for.',
	place: 'Say where the host is found: a desk, a room.',
	hours: 'Give at least one stretch of hours.',
	deputy: 'Name a deputy for when the host is away.',
	rules: 'Adopt at least one of the library’s policies.',
	appeal_partner: 'Name somebody outside the branch who decides appeals.',
};

/** What is wrong with a door: everything that it takes, hours that are hours, and a last day that is a day. */
export function doorFaults(door: Partial<Door> | null): Fault[] {
	const missing = missingToOpen({ door, rulesAdopted: true, appealPartner: 'as before' });
	const faults = [
		...missing.map((field) => ({ field, text: MISSING[field] })),
		...(door?.hours ? hoursFaults(door.hours) : []),
	];
	if (door?.until && !isDay(door.until))
		faults.push({ field: 'until', text: 'Write the last day as 2027-03-05.' });
	return faults;
}

function hoursFaults(hours: readonly Hours[]): Fault[] {
	const fits = ({ weekday, from, to }: Hours) =>
		Number.isInteger(weekday) &&
		weekday >= 0 &&
		weekday <= 6 &&
		Number.isInteger(from) &&
		Number.isInteger(to) &&
		0 <= from &&
		from < to &&
		to <= 1440;
	return hours.every(fits) ? [] : [{ field: 'hours', text: 'Hours begin before they end, within one day.' }];
}

/** What library IT may change of a branch at any time. Its address on the web is not among it: names are for ever. */
export interface BranchChange {
	readonly name?: string;
	/** Where it stands. */
	readonly address?: Address;
	/** Null: it is not known. */
	readonly location?: Location | null;
	readonly phone?: string | null;
	readonly cloth?: string;
	readonly door?: Door;
	readonly appeal_partner?: string;
	/** With whom it exchanges posts. */
	readonly federation?: FederationMode;
	/** May teens post for everyone? Only where the library's policy says so. */
	readonly teens_public?: boolean;
	/** Why it publishes sums of its decisions only, in every language of the library; null: they are published one by one. */
	readonly totals_only?: Readonly<Record<string, string>> | null;
	readonly proposed_closing?: null;
}

/** Stands for the door that is not being changed. */
const WHOLE_DOOR = { host: 'x', place: 'x', hours: [{ weekday: 0, from: 0, to: 1 }], deputy: 'x' } as const;

/**
 * Changes what is wanted of a branch; whether anything is wanted otherwise than before. With whom it exchanges posts and what its teens may do is
 * written down with who changed it. Throws `BadInput` with each fault.
 */
export async function configureBranch(
	context: Context,
	branch: BranchRow,
	change: BranchChange,
	by: string,
): Promise<boolean> {
	const faults: Fault[] = [];
	if (change.name !== undefined && (!change.name.trim() || change.name.length > 100)) {
		faults.push({ field: 'name', text: 'Write the name of the branch, at most 100 letters.' });
	}
	if (change.cloth !== undefined && !CLOTHS.includes(change.cloth)) {
		faults.push({ field: 'cloth', text: `Choose one of ${CLOTHS.join(', ')}.` });
	}
	if (change.door) faults.push(...doorFaults(change.door));
	if (change.totals_only && !Object.values({ en: '', ...change.totals_only }).every((text) => text.trim())) {
		faults.push({
			field: 'totals_only',
			text: 'Write the reason, in English and in each language you name: it is published.',
		});
	}
	// What was needed to open is not taken away again bit by bit.
	const missing = missingToOpen({
		door: WHOLE_DOOR,
		rulesAdopted: true,
		appealPartner: change.appeal_partner ?? 'as before',
	});
	faults.push(...missing.map((field) => ({ field, text: MISSING[field] })));
	if (faults.length > 0) throw new BadInput('This change cannot be made as it stands.', faults);
	const acts = actsOf(branch, change);
	const only = Object.keys(change).every((name) => name === 'federation' || name === 'teens_public');
	if (only && acts.length === 0) return false;
	await context.database.transaction(async (transaction) => {
		await changeBranch(transaction, branch.id, {
			...change,
			...(isSettledAnew(branch.door, change.door)
				? { door_since: String(context.clock.now()), hosted_until: null }
				: {}),
		});
		for (const act of acts) {
			await addAudit(transaction, {
				at: context.clock.now(),
				actor: by,
				act,
				subject: subjectOf(branch),
			});
		}
	});
	context.afterStep('branch_changed');
	return true;
}

/** Does a new door say anew who hosts the branch, or until when? */
function isSettledAnew(before: Door | null, after: Door | undefined): boolean {
	if (after === undefined) return false;
	return before?.host !== after.host || (before.until ?? null) !== (after.until ?? null);
}

/** What of a change concerns the people of a branch, as words of the audit. */
function actsOf(branch: BranchRow, { federation, teens_public, totals_only }: BranchChange): string[] {
	const acts: string[] = [];
	if (federation !== undefined && federation !== branch.federation) acts.push(`federation_${federation}`);
	if (teens_public !== undefined && teens_public !== branch.teens_public) {
		acts.push(`teens_${teens_public ? 'yes' : 'no'}`);
	}
	if (totals_only !== undefined && JSON.stringify(totals_only) !== JSON.stringify(branch.totals_only)) {
		acts.push(totals_only === null ? 'publishes_each' : 'publishes_totals');
	}
	return acts;
}
