import type { AgeBand, Standing } from '@understory/core/claims.ts';
import type { IdentityKind, KeyedHash } from '../keys.ts';
import type { Database } from './database.ts';
import { takeUpLinks, unlinkLeft } from './restricted-people.ts';
import type { SignInRow } from './sign-ins.ts';

export interface AccountRow {
	id: string;
	library: string;
	age_band: AgeBand;
	standing: Standing;
	staff_id: string | null;
	/** A staff id that was offered with an invitation and not yet granted anything. */
	staff_candidate: string | null;
	/** YYYY-MM. */
	created_month: string;
	seen_month: string;
	/** YYYY-MM-DD, a Monday: the week in which a catalogue last vouched for them. Null when none ever did. */
	vouched_week: string | null;
	/** Card and PIN are not enough: a passkey has to come with them. */
	locked: boolean;
	/** From when until when the library's panel restricted them, for each restriction that was agreed on and is not over. */
	restricted: [from: Date, until: Date][];
}

/** One way in which somebody was known at a sign-in. */
export interface Link {
	readonly kind: IdentityKind;
	readonly hash: KeyedHash;
}

/** What a sign-in that succeeded tells about somebody; hashes, a band and a month only. */
export interface Known {
	readonly library: string;
	readonly links: readonly Link[];
	readonly ageBand: AgeBand;
	readonly standing: Standing;
	/** YYYY-MM and the Monday of the week, on the library's wall. */
	readonly month: string;
	readonly week: string;
	readonly freshId: string;
	/** The account that a recovery code, a passkey or a code from the desk proved to be theirs; a code is used up in the same transaction. */
	readonly proven?: { readonly account: string; spend?(transaction: Database): Promise<boolean> };
	/** YYYY-MM in which the library's catalogue began to give everybody other ids; ids seen before it contradict nobody. */
	readonly newIdsSince?: string | null;
	/** Cards they had before, by the catalogue's word: looked for when nothing else is known, and never linked anew, since they may be given out again. */
	readonly formerCards?: readonly Link[];
	/** False: somebody who was never here is not made an account. */
	readonly mayBegin?: boolean;
}

export interface Found {
	readonly outcome: 'found';
	readonly account: AccountRow;
	/** Was it made just now? */
	readonly fresh: boolean;
}

/**
 * `another_holder`: the card is somebody else's now. `another_account`: what was proven is not the account the card has. `spent`: somebody used the
 * code a moment ago. `nobody`: never here.
 */
export type Sought = Found | { readonly outcome: 'another_holder' | 'another_account' | 'spent' | 'nobody' };

/** A card that nobody signed in with for so long may have another holder. */
const UNSEEN_MONTHS = 12;

/**
 * The account of a card, or of a name at another provider (reference/library-sso.md 7.4): found by an id that outlives cards, else by the card, else
 * by what was proven, else made. A new card of a known person is attached to their account. A known card whose holder the catalogue now calls by another
 * id belongs to somebody else: nobody is let into the account of the one before, and staff have to look. Two accounts are never made one.
 */
export async function accountFor(database: Database, known: Known): Promise<Sought> {
	const same = await unchanged(database, known);
	if (same) return { outcome: 'found', account: same, fresh: false };
	return database.transaction(async (transaction) => {
		await lockAll(transaction, known);
		const found = await look(transaction, known);
		if ('outcome' in found) return found;
		// Whoever was deleted at this moment begins anew.
		const there = found.account !== null && (await tell(transaction, known, found.account));
		if (!there && known.mayBegin === false) return { outcome: 'nobody' };
		const fresh = !there;
		const id = there ? found.account! : known.freshId;
		if (fresh) await begin(transaction, known);
		for (const link of known.links) await attach(transaction, known, link, id);
		await takeUpLinks(transaction, known, id);
		return { outcome: 'found', fresh, account: (await accountById(transaction, known.library, id))! };
	});
}

/**
 * The account of somebody of whom everything is as it was at a sign-in before, in this month and week: nothing has to be written then, and so nobody has to
 * wait for anybody. Undefined where anything is to be decided.
 */
async function unchanged(database: Database, known: Known): Promise<AccountRow | undefined> {
	const { library, links, month, week } = known;
	if (known.proven || links.some(({ hash }) => hash.before !== null)) return undefined;
	const rows: { account: string }[] = await database('identity')
		.where({ library, last_ok: month })
		.where((which) => {
			for (const { kind, hash } of links) which.orWhere({ kind, hash: hash.hash, key_version: hash.version });
		})
		.select('account');
	const [first] = rows;
	if (!first || rows.length < links.length || rows.some(({ account }) => account !== first.account))
		return undefined;
	const account = await accountById(database, library, first.account);
	const told = [known.ageBand, known.standing, month, week];
	const kept = account && [account.age_band, account.standing, account.seen_month, account.vouched_week];
	return kept && told.every((value, at) => value === kept[at]) ? account : undefined;
}

/** Nobody else decides about the same card or id in the meantime. By the older hash while there is one, so that a process without the new key waits too. */
async function lockAll(transaction: Database, { library, links }: Known): Promise<void> {
	const names = links.map(({ kind, hash }) => `${library}\0${kind}\0${hash.before ?? hash.hash}`);
	// One statement takes them in the order of the list.
	await transaction.raw(
		'select pg_advisory_xact_lock(hashtextextended(name, 1)) from unnest(?::text[]) name',
		[names.toSorted().map((name) => name.replaceAll('\0', ' '))],
	);
}

async function look(
	transaction: Database,
	known: Known,
): Promise<{ account: string | null } | Exclude<Sought, Found>> {
	const { library, links, proven } = known;
	const card = links.find(({ kind }) => kind === 'card');
	const ids = links.filter(({ kind }) => kind !== 'card');
	let strong: string | undefined;
	for (const link of ids) strong ??= await holder(transaction, library, link);
	let weak = strong || !card ? undefined : await holder(transaction, library, card);
	for (const former of strong ? [] : (known.formerCards ?? []))
		weak ??= await holder(transaction, library, former);
	if (weak && (await isContradicted(transaction, known, weak))) return { outcome: 'another_holder' };
	const found = strong ?? weak;
	if (proven && found && found !== proven.account) return { outcome: 'another_account' };
	if (!found && !proven && known.mayBegin === false) return { outcome: 'nobody' };
	if (proven?.spend && !(await proven.spend(transaction))) return { outcome: 'spent' };
	return { account: found ?? proven?.account ?? null };
}

/** Has the catalogue called the holder of this account by another id than it does today? */
async function isContradicted(transaction: Database, known: Known, account: string): Promise<boolean> {
	if (!known.links.some(({ kind }) => kind === 'ils_id')) return false;
	const of = transaction('identity').where({ library: known.library, account });
	const ids: { last_ok: string }[] = await of.clone().where({ kind: 'ils_id' }).select('last_ok');
	const { newIdsSince } = known;
	if (!newIdsSince) return ids.length > 0;
	if (ids.some(({ last_ok }) => last_ok >= newIdsSince)) return true;
	// Everybody has another id now. A card in use is still its holder's; one that lay still for so long may have been given out again.
	const longAgo = monthsBefore(known.month, UNSEEN_MONTHS);
	const cards = of.where({ kind: 'card' }).where('last_ok', '>=', longAgo);
	return ids.length > 0 && (await cards.first('hash')) === undefined;
}

/** YYYY-MM so many months before another. */
function monthsBefore(month: string, count: number): string {
	const [year, of] = month.split('-').map(Number) as [number, number];
	const all = year * 12 + of - 1 - count;
	return `${Math.floor(all / 12)}-${String((all % 12) + 1).padStart(2, '0')}`;
}

async function holder(
	database: Database,
	library: string,
	{ kind, hash }: Link,
): Promise<string | undefined> {
	const row: { account: string } | undefined = await database('identity')
		.where({ library, kind })
		.whereIn('hash', hashesOf(hash))
		.orderBy('key_version', 'desc')
		.first('account');
	return row?.account;
}

function hashesOf(hash: KeyedHash): string[] {
	return hash.before === null ? [hash.hash] : [hash.hash, hash.before];
}

/** Takes up what is said today. False when the account is gone. */
async function tell(transaction: Database, known: Known, id: string): Promise<boolean> {
	const told = {
		age_band: known.ageBand,
		standing: known.standing,
		seen_month: known.month,
		vouched_week: known.week,
	};
	return (await transaction('account').where({ id, library: known.library }).update(told)) === 1;
}

async function begin(transaction: Database, known: Known): Promise<void> {
	await transaction('account').insert({
		id: known.freshId,
		library: known.library,
		age_band: known.ageBand,
		standing: known.standing,
		created_month: known.month,
		seen_month: known.month,
		vouched_week: known.week,
	});
}

/** An account for somebody whom a desk let in for a day: no card, no id, and no catalogue that ever vouched. */
export async function beginWithoutCard(
	transaction: Database,
	{ id, library, ageBand, month }: Pick<Known, 'library' | 'ageBand' | 'month'> & { readonly id: string },
): Promise<void> {
	const told = { age_band: ageBand, standing: 'full', created_month: month, seen_month: month };
	await transaction('account').insert({ id, library, ...told, vouched_week: null });
}

/** Links a card or an id to an account, under the key of today; what it was under the key before goes. */
async function attach(
	transaction: Database,
	known: Known,
	{ kind, hash }: Link,
	account: string,
): Promise<void> {
	const { library, month } = known;
	let first = month;
	if (hash.before !== null) {
		const gone: { first_seen: string }[] = await transaction('identity')
			.where({ library, kind, hash: hash.before })
			.delete('first_seen');
		first = gone[0]?.first_seen ?? month;
	}
	await transaction('identity')
		.insert({
			library,
			kind,
			hash: hash.hash,
			key_version: hash.version,
			account,
			first_seen: first,
			last_ok: month,
		})
		.onConflict(['library', 'kind', 'hash'])
		.merge(['account', 'key_version', 'last_ok']);
}

export async function accountById(
	database: Database,
	library: string,
	id: string,
): Promise<AccountRow | undefined> {
	return database<AccountRow>('account')
		.where({ library, id })
		.first(...wholeAccount(database));
}

/** What of a sign-in says how far it goes. */
export type SignInReach = Pick<SignInRow, 'standing' | 'good_until' | 'ended'>;

/** An account and the sign-in of it that has this id, by one question; `signIn` null when it has none. */
export async function accountWithSignIn(
	database: Database,
	{ library, account: id, signIn }: { library: string; account: string; signIn: string },
): Promise<{ account: AccountRow; signIn: SignInReach | null } | undefined> {
	const row:
		| (AccountRow & { reach: SignInReach['standing'] | null } & Omit<SignInReach, 'standing'>)
		| undefined = await database('account')
		.leftJoin('sign_in', (on) =>
			on.on('sign_in.account', 'account.id').andOn('sign_in.id', database.raw('?::uuid', [signIn])),
		)
		.where({ 'account.library': library, 'account.id': id })
		.first(...wholeAccount(database), 'sign_in.standing as reach', 'sign_in.good_until', 'sign_in.ended');
	if (!row) return undefined;
	const { reach, good_until, ended, ...account } = row;
	return { account, signIn: reach === null ? null : { standing: reach, good_until, ended } };
}

function wholeAccount(database: Database) {
	return [
		'account.*',
		database.raw("to_char(vouched_week, 'YYYY-MM-DD') as vouched_week"),
		database.raw(`array(
			select array[from_at, until_at]
			from restricted_account join restriction on restriction.id = restricted_account.restriction
			where restricted_account.account = account.id and restriction.state = 'in_force'
		) as restricted`),
	] as const;
}

/** How somebody is known: kinds and months, without the hashes. */
export async function linksOf(
	database: Database,
	account: string,
): Promise<{ kind: IdentityKind; first_seen: string; last_ok: string }[]> {
	return database('identity')
		.where({ account })
		.orderBy(['kind', 'first_seen'])
		.select('kind', 'first_seen', 'last_ok');
}

/** Whose a card or an id is, without signing anybody in. */
export async function accountOfLink(
	database: Database,
	library: string,
	link: Link,
): Promise<AccountRow | undefined> {
	const id = await holder(database, library, link);
	return id === undefined ? undefined : accountById(database, library, id);
}

/**
 * Takes a card away from the account it was of, because it is somebody else's now; whoever holds it today begins anew with it. False when it was of
 * nobody.
 */
export async function unlinkCard(database: Database, library: string, card: KeyedHash): Promise<boolean> {
	await unlinkLeft(database, library, card);
	const gone = await database('identity')
		.where({ library, kind: 'card' })
		.whereIn('hash', hashesOf(card))
		.delete();
	return gone > 0;
}

/**
 * The staff id to offer with an invitation: the one somebody has, else one that is kept for them. It becomes a claim only after it was granted
 * something, so that nobody gets a name that is the same at every branch by opening a page.
 */
export async function staffCandidate(
	database: Database,
	account: AccountRow,
	fresh: string,
): Promise<string> {
	const { id, library } = account;
	await database('account').where({ id }).whereNull('staff_candidate').update({ staff_candidate: fresh });
	const row = await accountById(database, library, id);
	return row!.staff_id ?? row!.staff_candidate!;
}

/** From now on they are staff of this library. */
export async function confirmStaff(database: Database, account: AccountRow, staffId: string): Promise<void> {
	await database('account').where({ id: account.id }).update({ staff_id: staffId });
}

/** The last week (its Monday, YYYY-MM-DD) in which a library's catalogue vouched for anybody; null when it never did. */
export async function lastVouchedWeek(database: Database, library: string): Promise<string | null> {
	const row: { week: string | null } | undefined = await database('account')
		.where({ library })
		.first(database.raw("to_char(max(vouched_week), 'YYYY-MM-DD') as week"));
	return row?.week ?? null;
}
