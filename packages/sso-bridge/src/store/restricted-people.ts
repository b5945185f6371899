import type { IdentityKind } from '../keys.ts';
import type { Link } from './accounts.ts';
import type { Database } from './database.ts';

/** One way in which somebody was known who is restricted and deleted their account. */
export interface LeftBehind {
	readonly kind: IdentityKind;
	readonly hash: string;
	/** YYYY-MM in which it was last said. */
	readonly last_ok: string;
}

/** How somebody is known who comes in now. */
export interface Coming {
	readonly library: string;
	readonly links: readonly Link[];
	/** Cards they had before, by the catalogue's word. */
	readonly formerCards?: readonly Link[];
	/** YYYY-MM in which the catalogue began to give everybody other ids; ids from before it contradict nobody. */
	readonly newIdsSince?: string | null;
}

/**
 * Before an account is deleted: with what is proposed or in force against it stay the keyed hashes of its cards and ids until that is over, so that whoever deletes
 * themselves and comes back is not rid of it.
 */
export async function leaveLinks(transaction: Database, library: string, account: string): Promise<void> {
	await transaction.raw(
		`insert into restricted_link (restriction, library, kind, hash, key_version, last_ok)
		select restriction.id, identity.library, identity.kind, identity.hash, identity.key_version, identity.last_ok
		from restriction
		join restricted_account on restricted_account.restriction = restriction.id
		join identity on identity.account = restricted_account.account
		where restriction.library = :library and restricted_account.account = :account
			and restricted_account.proven and restriction.state in ('proposed', 'in_force')
		on conflict do nothing`,
		{ library, account },
	);
}

/**
 * At every sign-in: what was left behind by the same person is on this account too, whichever of their cards or names they come with, and whether the account is
 * new or was there. What they left stays, since they may have another card yet.
 */
export async function takeUpLinks(transaction: Database, coming: Coming, account: string): Promise<void> {
	const { library, links } = coming;
	// A card was shown at a desk, perhaps somebody else's; the one whose PIN they know speaks for them now.
	await transaction('restricted_account').where({ account, proven: false }).delete();
	const known = [...links, ...(coming.formerCards ?? [])];
	const hashes = known.flatMap(({ hash }) => hashesOf(hash));
	const left: (LeftBehind & { restriction: string })[] = await transaction('restricted_link')
		.where({ library })
		.whereIn('restriction', (of) =>
			of.from('restricted_link').where({ library }).whereIn('hash', hashes).select('restriction'),
		)
		.select('restriction', 'kind', 'hash', 'last_ok');
	for (const [restriction, links] of Map.groupBy(left, (link) => link.restriction)) {
		if (!isSamePerson(links, coming)) continue;
		await restrictAccount(transaction, { restriction, library, account, proven: true });
		await hashAnew(transaction, restriction, coming);
	}
}

/**
 * Is whoever comes in the person who left these behind? One link in common says so; but a card alone does not, where the catalogue calls its holder by another
 * id today: then it was given out again.
 */
export function isSamePerson(left: readonly LeftBehind[], coming: Coming): boolean {
	const has = ({ kind, hash }: Link) =>
		left.some((link) => link.kind === kind && hashesOf(hash).includes(link.hash));
	const ids = coming.links.filter(({ kind }) => kind === 'ils_id');
	if (coming.links.some((link) => link.kind !== 'card' && has(link))) return true;
	if (![...coming.links, ...(coming.formerCards ?? [])].some(has)) return false;
	const since = coming.newIdsSince ?? '';
	const contradicted = ids.length > 0 && left.some((link) => link.kind === 'ils_id' && link.last_ok >= since);
	return !contradicted;
}

/** Puts a restriction on one more account of the same person. */
export async function restrictAccount(
	transaction: Database,
	row: { restriction: string; library: string; account: string; proven: boolean },
): Promise<void> {
	const put = transaction('restricted_account').insert(row).onConflict(['restriction', 'account']);
	await (row.proven ? put.merge(['proven']) : put.ignore());
}

/** What was hashed under the key before is hashed under the one of today, like the cards of accounts, so that it outlasts the older key. */
async function hashAnew(transaction: Database, restriction: string, { links }: Coming): Promise<void> {
	for (const { kind, hash } of links) {
		if (hash.before === null) continue;
		const gone: { library: string; last_ok: string }[] = await transaction('restricted_link')
			.where({ restriction, kind, hash: hash.before })
			.delete(['library', 'last_ok']);
		for (const row of gone)
			await transaction('restricted_link')
				.insert({ ...row, restriction, kind, hash: hash.hash, key_version: hash.version })
				.onConflict(['restriction', 'kind', 'hash'])
				.ignore();
	}
}

/** What is proposed or in force against whoever holds a card, whether they have an account or left one. */
export async function restrictionsOfCard(database: Database, library: string, card: Link): Promise<string[]> {
	const { rows }: { rows: { id: string }[] } = await database.raw(
		`select restriction.id from restriction
		where restriction.library = :library and restriction.state in ('proposed', 'in_force') and (
			exists (select 1 from restricted_link link
				where link.restriction = restriction.id and link.kind = 'card' and link.hash = any(:hashes))
			or exists (select 1 from restricted_account on_it join identity using (account)
				where on_it.restriction = restriction.id and identity.kind = 'card' and identity.hash = any(:hashes)))`,
		{ library, hashes: hashesOf(card.hash) },
	);
	return rows.map(({ id }) => id);
}

/** Remembers with a day pass that it was made for a card of somebody who is restricted. */
export async function restrictPass(
	database: Database,
	{ library, hash, restrictions }: { library: string; hash: string; restrictions: readonly string[] },
): Promise<void> {
	if (restrictions.length === 0) return;
	await database('restricted_pass').insert(
		restrictions.map((restriction) => ({ library, hash, restriction })),
	);
}

/** What a day pass is restricted by. Asked before the pass is used up, since it goes with it. */
export async function restrictionsOfPass(
	database: Database,
	library: string,
	hash: string,
): Promise<string[]> {
	const rows: { restriction: string }[] = await database('restricted_pass')
		.where({ library, hash })
		.select('restriction');
	return rows.map(({ restriction }) => restriction);
}

/** A card is somebody else's now: what was left behind with it says nothing any more. */
export async function unlinkLeft(database: Database, library: string, hash: Link['hash']): Promise<void> {
	await database('restricted_link').where({ library, kind: 'card' }).whereIn('hash', hashesOf(hash)).delete();
}

function hashesOf({ hash, before }: Link['hash']): string[] {
	return before === null ? [hash] : [hash, before];
}
