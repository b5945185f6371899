import { BadInput, NotFound } from '@understory/core/errors.ts';
import type { ApiRole } from '../access/permissions.ts';
import type { Context } from '../context.ts';
import { mailIn } from '../staff-sign-in/words-of-provider.ts';
import type { TokenRow } from '../store/access.ts';
import {
	addConsoleGrant,
	type ConsoleGrantRow,
	consoleGrants,
	endConsoleGrant,
	findConsoleGrant,
	type Match,
} from '../store/console-grants.ts';
import { big } from '../store/rows.ts';
import { findProvider, providerOf } from '../store/staff-providers.ts';
import { branchSlugs, readScope, refuseBeyond } from './tokens.ts';

export interface WantedConsoleGrant {
	readonly name: string;
	readonly match: Match;
	readonly value: string;
	readonly role: ApiRole;
	/** Slug or id. */
	readonly library?: string | null;
	/** Slugs. */
	readonly branches?: readonly string[] | null;
	/** UTC milliseconds. */
	readonly until?: number | null;
}

/** A grant as it may be shown. */
export interface ShownConsoleGrant {
	readonly id: string;
	readonly name: string;
	readonly match: Match;
	readonly value: string;
	/** Whose provider says it: the platform's, or the library's. */
	readonly provider: 'platform' | 'library';
	readonly role: ApiRole;
	readonly library: string | null;
	readonly branches: readonly string[] | null;
	readonly until: number | null;
	readonly made_at: number;
	readonly made_by: string;
}

/** The grants that hold now and that somebody may see. */
export async function shownConsoleGrants(context: Context, by: TokenRow): Promise<ShownConsoleGrant[]> {
	const { database, clock } = context;
	const rows = await consoleGrants(database, { library: by.library, now: clock.now() });
	return Array.fromAsync(rows, (row) => shown(context, row));
}

/**
 * Lets in whoever a provider says is this person, or is in this group. It is the library's own provider where it has one, or else the platform's; for the platform
 * always the platform's. Throws `BadInput` with every fault, `NotAllowed` when it would reach beyond its maker.
 */
export async function grantConsole(
	context: Context,
	wanted: WantedConsoleGrant,
	{ id, by }: { id: string; by: TokenRow },
): Promise<ShownConsoleGrant> {
	const { database, clock } = context;
	const { scope, faults } = await readScope(context, wanted, by);
	const value = wanted.match === 'email' ? mailIn(wanted.value) : wanted.value.trim();
	if (!wanted.name.trim()) faults.push({ field: 'name', text: 'Write whose it is.' });
	if (!value) faults.push({ field: 'value', text: 'Write what the provider says of them.' });
	if (value && wanted.match === 'email' && !/^[^\s@]+@[^\s@]+$/.test(value))
		faults.push({ field: 'value', text: 'Write an e-mail address.' });
	if (wanted.until != null && wanted.until <= clock.now())
		faults.push({ field: 'until', text: 'Choose a day that is not over.' });
	const own = scope.library === null ? undefined : await providerOf(database, scope.library);
	const provider = own ?? (await providerOf(database, null));
	if (!provider) faults.push({ field: 'match', text: 'Say first by which provider staff signs in.' });
	if (faults.length > 0 || !provider) throw new BadInput('This grant cannot be made as it stands.', faults);
	refuseBeyond(by, scope);
	const row = {
		...{ id, provider: provider.id, kind: wanted.match, value, name: wanted.name.trim(), ...scope },
		valid_until: wanted.until ?? null,
		made_at: clock.now(),
		made_by: by.name,
	};
	await addConsoleGrant(database, row);
	return shown(context, (await findConsoleGrant(database, id, clock.now()))!);
}

/** Takes a grant back: whoever is signed in by it is out with the next click. Throws `NotFound` when it is none of those that this token may take back. */
export async function takeBackConsoleGrant(context: Context, id: string, by: TokenRow): Promise<void> {
	const { database, clock } = context;
	const rows = await consoleGrants(database, { library: by.library, now: clock.now() });
	const row = rows.find((one) => one.id === id);
	if (!row) throw new NotFound('There is no such grant.');
	refuseBeyond(by, row);
	await endConsoleGrant(database, { id, by: by.name, now: clock.now() });
}

async function shown(context: Context, row: ConsoleGrantRow): Promise<ShownConsoleGrant> {
	const provider = await findProvider(context.database, row.provider);
	const { id, name, kind, value, role, library, made_by } = row;
	return {
		...{ id, name, match: kind, value, role, library, made_by },
		provider: provider?.library ? 'library' : 'platform',
		branches: await branchSlugs(context, row.branches),
		until: row.valid_until === null ? null : big(row.valid_until),
		made_at: big(row.made_at),
	};
}
