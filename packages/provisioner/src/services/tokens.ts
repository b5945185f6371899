import { randomBytes } from 'node:crypto';
import { BadInput, Conflict, type Fault, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { type ApiRole, allows, REACH, type Scope } from '../access/permissions.ts';
import type { Context } from '../context.ts';
import { addToken, endTokenBy, listTokens, type TokenRow } from '../store/access.ts';
import { branchesOf } from '../store/branches.ts';
import { findLibrary } from '../store/libraries.ts';
import { big } from '../store/rows.ts';

const DAY_MS = 86_400_000;
/** How long a token is good when nobody says how long, in days. */
export const USUAL_DAYS = 90;
/** How long it is good at the most, in days. */
export const MOST_DAYS = 366;
/** So many days before its end somebody is told. */
const WARNING_DAYS = 14;
/** How long the old token goes on beside the new one, in milliseconds. */
const OVERLAP_MS = DAY_MS;

export interface WantedToken {
	readonly name: string;
	readonly role: ApiRole;
	/** Slug or id. */
	readonly library?: string | null;
	/** Slugs. */
	readonly branches?: readonly string[] | null;
	/** UTC milliseconds. */
	readonly expires?: number | null;
}

/** A token as it may be shown. */
export interface ShownToken {
	readonly id: string;
	readonly name: string;
	readonly role: ApiRole;
	readonly library: string | null;
	readonly branches: readonly string[] | null;
	readonly kind: TokenRow['kind'];
	readonly expires: number | null;
	readonly ends_soon: boolean;
	readonly created: number;
	readonly made_by: string | null;
	readonly used_on: string | null;
}

/** Does a token end within the next 14 days? */
export function endsSoon({ kind, expires }: Pick<TokenRow, 'kind' | 'expires'>, now: number): boolean {
	return kind === 'token' && expires !== null && big(expires) - now <= WARNING_DAYS * DAY_MS;
}

/** Tokens without what they are, branches by their slugs. */
export async function shownTokens(context: Context, rows: readonly TokenRow[]): Promise<ShownToken[]> {
	const slugs = await slugsOf(context, rows);
	const now = context.clock.now();
	return rows.map((row) => ({
		id: row.id,
		name: row.name,
		role: row.role,
		library: row.library,
		branches: row.branches?.map((id) => slugs.get(id) ?? id) ?? null,
		kind: row.kind,
		expires: row.expires === null ? null : big(row.expires),
		ends_soon: endsSoon(row, now),
		created: big(row.created),
		made_by: row.made_by,
		used_on: row.used_on,
	}));
}

/**
 * Makes a token, for no more than its maker may. Its secret is in the answer and nowhere else. Throws `BadInput` with every fault, `NotAllowed` when it would
 * reach beyond its maker.
 */
export async function makeToken(
	context: Context,
	wanted: WantedToken,
	{ id, by }: { id: string; by: TokenRow },
): Promise<ShownToken & { token: string }> {
	const now = context.clock.now();
	const { scope, faults } = await readScope(context, wanted, by);
	const expires = wanted.expires ?? now + USUAL_DAYS * DAY_MS;
	if (!wanted.name.trim()) faults.unshift({ field: 'name', text: 'Write who will use it.' });
	if (expires > now + MOST_DAYS * DAY_MS)
		faults.push({ field: 'expires', text: `A token is good for ${MOST_DAYS} days at the most.` });
	if (faults.length > 0) throw new BadInput('This token cannot be made as it stands.', faults);
	refuseBeyond(by, scope);
	return kept(context, { id, name: wanted.name.trim(), ...scope, expires, by });
}

/**
 * Makes a token in place of another, with the same reach and for as long as that one was made for; the other one ends a day from now at the latest. Throws
 * `Conflict` for the bootstrap token, which stands in the settings.
 */
export async function rotateToken(
	context: Context,
	old: string,
	{ id, by }: { id: string; by: TokenRow },
): Promise<ShownToken & { token: string }> {
	const row = await tokenWithin(context, old, by);
	if (row.kind === 'bootstrap')
		throw new Conflict(
			'This token stands in the settings of the platform: write another one there.',
			'bootstrap',
		);
	if (row.kind === 'session') throw new Conflict('This is a sign-in and no token. Sign in again.', 'session');
	const now = context.clock.now();
	const life = row.expires === null ? USUAL_DAYS * DAY_MS : big(row.expires) - big(row.created);
	const expires = now + Math.min(life, MOST_DAYS * DAY_MS);
	const { name, role, library, branches } = row;
	const made = await kept(context, { id, name, role, library, branches, expires, by });
	await endTokenBy(context.database, row.id, now + OVERLAP_MS);
	return made;
}

/** Takes a token back. Throws `NotFound` when it is none of those that this token may take back. */
export async function takeBackToken(context: Context, id: string, by: TokenRow): Promise<void> {
	const row = await tokenWithin(context, id, by);
	await context.database('token').where({ id: row.id }).delete();
}

async function kept(
	context: Context,
	{ by, ...row }: Scope & { id: string; name: string; expires: number; by: TokenRow },
): Promise<ShownToken & { token: string }> {
	const token = randomBytes(32).toString('base64url');
	const made = { ...row, created: context.clock.now(), made_by: by.name, console_grant: by.console_grant };
	await addToken(context.database, token, made);
	const shown = {
		...made,
		kind: 'token' as const,
		expires: String(row.expires),
		created: String(made.created),
	};
	const [one] = await shownTokens(context, [{ ...shown, used_on: null, hash: '' }]);
	return { ...one!, token };
}

/** One's own token, or one within the reach of whoever keeps tokens. */
async function tokenWithin(context: Context, id: string, by: TokenRow): Promise<TokenRow> {
	if (id === by.id) return by;
	const keeps = allows(by.role, 'keep_library') && by.branches === null;
	const rows = keeps
		? await listTokens(context.database, { library: by.library, now: context.clock.now() })
		: [];
	const row = rows.find((one) => one.id === id);
	if (!row) throw new NotFound('There is no such token.');
	refuseBeyond(by, row);
	return row;
}

/** Nobody gives, takes or renews what reaches further than they do. Throws `NotAllowed`. */
export function refuseBeyond(by: Scope, scope: Scope): void {
	if (by.role === 'platform_admin' && by.library === null) return;
	if (scope.role === 'platform_admin' || scope.library === null || scope.library !== by.library)
		throw new NotAllowed('This reaches further than your own token.');
}

/** Reads a role and its place, which are to lie within somebody's own reach; with every fault. */
export async function readScope(
	{ database }: Context,
	{ role, ...wanted }: Pick<WantedToken, 'role' | 'library' | 'branches'>,
	by: Scope,
): Promise<{ scope: Scope; faults: Fault[] }> {
	const named = wanted.library ?? by.library;
	const found = named === null ? undefined : await findLibrary(database, named);
	const library = found && (by.library === null || by.library === found.id) ? found : undefined;
	const faults: Fault[] = [];
	if (named !== null && !library) faults.push({ field: 'library', text: 'There is no such library.' });
	if (named === null && REACH[role] !== 'platform')
		faults.push({ field: 'library', text: 'Name the library it is for.' });
	const slugs = wanted.branches ?? null;
	if (slugs === null && REACH[role] === 'branch')
		faults.push({ field: 'branches', text: 'Name the branches it is for.' });
	if (slugs !== null && role === 'platform_admin')
		faults.push({ field: 'branches', text: 'Whoever runs the platform is not bound to branches.' });
	if (slugs !== null && named === null)
		faults.push({ field: 'library', text: 'Name the library whose branches these are.' });
	const known = library && slugs ? await branchesOf(database, library.id) : [];
	const ids = slugs?.map((slug) => known.find((branch) => branch.slug === slug)?.id);
	if (library && ids?.includes(undefined))
		faults.push({ field: 'branches', text: `${library.name} has no such branch.` });
	const branches = ids ? ids.filter((id) => id !== undefined) : null;
	return { scope: { role, library: library?.id ?? null, branches }, faults };
}

/** Slugs of branches by their ids; null for all branches. */
export async function branchSlugs(
	context: Context,
	branches: readonly string[] | null,
): Promise<string[] | null> {
	if (branches === null) return null;
	const slugs = await slugsOf(context, [{ branches }]);
	return branches.map((id) => slugs.get(id) ?? id);
}

async function slugsOf(
	{ database }: Context,
	rows: readonly Pick<TokenRow, 'branches'>[],
): Promise<Map<string, string>> {
	const ids = [...new Set(rows.flatMap(({ branches }) => branches ?? []))];
	if (ids.length === 0) return new Map();
	const found: { id: string; slug: string }[] = await database('branch')
		.whereIn('id', ids)
		.select('id', 'slug');
	return new Map(found.map(({ id, slug }) => [id, slug]));
}
