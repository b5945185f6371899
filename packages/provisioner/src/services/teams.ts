import { BadInput, Conflict, type Fault, NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { branchesOf } from '../store/branches.ts';
import { lock, type Transaction } from '../store/database.ts';
import { findLibrary } from '../store/libraries.ts';
import type { LibraryRow } from '../store/rows.ts';
import {
	addMember,
	addTeam,
	dropPart,
	dropSeatsAt,
	dropTeamInvitations,
	endMember,
	findTeam,
	membersOf,
	type NamedPart,
	partsOf,
	putPart,
	type TeamRow,
} from '../store/teams.ts';
import { isUuid } from '../store/uuid.ts';
import { type Invitation, inviteMember } from './invitations.ts';
import { settleSeats } from './team-seats.ts';

const LONGEST_NAME = 100;
/** So many libraries share one team at most, and so many people are on it. */
const MOST_LIBRARIES = 100;
const MOST_MEMBERS = 50;

/** Library IT of one library, about one team. */
interface Acting {
	readonly library: LibraryRow;
	/** The team's id; as it comes. */
	readonly team: string;
	/** The name of the token. */
	readonly by: string;
}

/** What an act needs to know of the team, within its lock. */
interface Found {
	readonly team: TeamRow;
	readonly parts: readonly NamedPart[];
	/** The part of the library that acts. */
	readonly own: NamedPart;
}

/** Which branches of a library a team serves, by slug; null or missing: all of them. */
export interface Served {
	readonly branches?: readonly string[] | null;
}

/** Makes a team; the library that makes it agreed. Throws `BadInput`. Returns its id. */
export async function createTeam(
	context: Context,
	{ library, by }: Omit<Acting, 'team'>,
	wanted: { readonly name: string } & Served,
	id: string = context.randomId(),
): Promise<string> {
	const name = nameIn(wanted.name, 'Write what the team is called');
	const at = context.clock.now();
	await context.database.transaction(async (transaction) => {
		const branches = await servedIds(transaction, library, wanted);
		await addTeam(transaction, { id, name, founder: library.id, created: at });
		await putPart(transaction, { team: id, library: library.id, state: 'agreed', branches, said_by: by, at });
		await addAudit(transaction, { at, actor: by, act: 'team_made', subject: library.id });
	});
	return id;
}

/** Asks another library to share the team. Asking twice is asking once. Throws `BadInput`, `NotFound`, `Conflict` `not_agreed`. */
export async function offerTeam(context: Context, acting: Acting, to: string): Promise<void> {
	await inTeam(context, acting, 'team_offered', async (transaction, { parts, own, team }) => {
		expectAgreed(own);
		const other = await findLibrary(transaction, to.trim());
		if (!other) throw bad('library', `There is no library "${to}".`);
		if (parts.some(({ library }) => library === other.id)) return;
		if (parts.length >= MOST_LIBRARIES)
			throw bad('library', `At most ${MOST_LIBRARIES} libraries share a team.`);
		const at = context.clock.now();
		await putPart(transaction, {
			...{ team: team.id, library: other.id, state: 'offered', branches: null, said_by: acting.by, at },
		});
	});
}

/** Says yes for this library, or changes which of its branches the team serves. Throws `BadInput`, `NotFound`. Returns the libraries whose register changes. */
export async function agreeToTeam(context: Context, acting: Acting, served: Served): Promise<string[]> {
	return inTeam(context, acting, 'team_agreed', async (transaction, { team }) => {
		const { library, by } = acting;
		const branches = await servedIds(transaction, library, served);
		const at = context.clock.now();
		await putPart(transaction, {
			team: team.id,
			library: library.id,
			state: 'agreed',
			branches,
			said_by: by,
			at,
		});
		await settleSeats(context, transaction, { team, library: library.id, by });
		return [library.id];
	});
}

/**
 * Ends a library's part, or refuses an offer: the roles there end at once, and its own people are on the team no more. A library ends its own; the one that made the team any, and the whole team by
 * ending its own. Throws `NotFound`, `Conflict` `not_founder`. Returns the libraries whose register changes.
 */
export async function endPart(context: Context, acting: Acting, slug: string): Promise<string[]> {
	return inTeam(context, acting, 'team_ended', async (transaction, { team, parts, own }) => {
		const part = parts.find((one) => one.slug === slug);
		if (!part) throw new NotFound('That library has no part in this team.');
		if (part.library !== own.library && team.founder !== own.library)
			throw new Conflict('Only the library that made the team ends the part of another.', 'not_founder');
		const leaving = part.library === team.founder ? parts.map(({ library }) => library) : [part.library];
		const now = context.clock.now();
		const people = (await membersOf(transaction, team.id)).filter(({ library }) => leaving.includes(library));
		for (const { id } of people) await endMember(transaction, id, now);
		for (const library of leaving) {
			await dropPart(transaction, team.id, library);
			await dropSeatsAt(transaction, team.id, library);
			await dropTeamInvitations(transaction, team.id, library);
		}
		for (const { library } of parts)
			await settleSeats(context, transaction, { team, library, by: acting.by });
		return parts.map(({ library }) => library);
	});
}

/** Puts somebody of this library on the team. They have no role yet: each library invites them. Throws `BadInput`, `NotFound`, `Conflict` `not_agreed`. */
export async function addToTeam(
	context: Context,
	acting: Acting,
	wanted: { readonly name: string },
	id: string = context.randomId(),
): Promise<void> {
	await inTeam(context, acting, 'team_member_added', async (transaction, { team, own }) => {
		expectAgreed(own);
		const name = nameIn(wanted.name, 'Write what they are called at work');
		const there = await membersOf(transaction, team.id);
		if (there.some((one) => one.id === id)) return;
		if (there.length >= MOST_MEMBERS) throw bad('name', `At most ${MOST_MEMBERS} people are on a team.`);
		const created = context.clock.now();
		await addMember(transaction, {
			...{ id, team: team.id, library: own.library, name, added_by: acting.by, created },
		});
	});
}

/** Takes somebody off the team: their own library does, or the one that made it. Their roles end at every library. Throws `NotFound`. Returns the libraries whose register changes. */
export async function takeOffTeam(context: Context, acting: Acting, member: string): Promise<string[]> {
	return inTeam(context, acting, 'team_member_ended', async (transaction, { team, parts, own }) => {
		const found = (await membersOf(transaction, team.id)).find(({ id }) => id === member);
		if (!found || (found.library !== own.library && team.founder !== own.library))
			throw new NotFound('Nobody of your library is on this team by that id.');
		await endMember(transaction, member, context.clock.now());
		for (const { library } of parts)
			await settleSeats(context, transaction, { team, library, by: acting.by });
		return parts.map(({ library }) => library);
	});
}

/**
 * Invites somebody of the team to sign in at this library, once, with a card of this library: nobody gets in that the library itself did not invite. Throws `NotFound`, `Conflict`
 * `not_agreed`.
 */
export async function inviteToServe(
	context: Context,
	acting: Acting,
	member: string,
	id?: string,
): Promise<Invitation> {
	return inTeam(context, acting, 'team_member_invited', async (transaction, { team, own }) => {
		expectAgreed(own);
		const found = (await membersOf(transaction, team.id)).find((one) => one.id === member);
		if (!found) throw new NotFound('Nobody on this team has that id.');
		const { library, by } = acting;
		return inviteMember(context, transaction, {
			library,
			by,
			member: found.id,
			name: found.name,
			...(id ? { id } : {}),
		});
	});
}

/** One act, within the lock of the team. To a library that has no part in it, it is not there. */
async function inTeam<T>(
	context: Context,
	{ library, team: id, by }: Acting,
	act: string,
	run: (transaction: Transaction, found: Found) => Promise<T>,
): Promise<T> {
	return context.database.transaction(async (transaction) => {
		if (isUuid(id)) await lock(transaction, `team:${id}`);
		const team = isUuid(id) ? await findTeam(transaction, id) : undefined;
		const parts = team ? await partsOf(transaction, team.id) : [];
		const own = parts.find((one) => one.library === library.id);
		if (!team || !own) throw new NotFound('There is no such team.');
		const done = await run(transaction, { team, parts, own });
		await addAudit(transaction, { at: context.clock.now(), actor: by, act, subject: library.id });
		return done;
	});
}

function expectAgreed({ state }: NamedPart): void {
	if (state !== 'agreed')
		throw new Conflict('Your library has not agreed to share this team yet.', 'not_agreed');
}

async function servedIds(
	transaction: Transaction,
	library: LibraryRow,
	{ branches }: Served,
): Promise<string[] | null> {
	if (branches === undefined || branches === null) return null;
	const ids = new Map((await branchesOf(transaction, library.id)).map(({ slug, id }) => [slug, id]));
	const faults: Fault[] = branches
		.filter((slug) => !ids.has(slug))
		.map((slug) => ({ field: 'branches', text: `There is no branch "${slug}" here.` }));
	if (branches.length === 0) faults.push({ field: 'branches', text: 'Choose at least one branch, or all.' });
	if (faults.length > 0) throw new BadInput('The team cannot serve these branches.', faults);
	return [...new Set(branches.map((slug) => ids.get(slug)!))];
}

function nameIn(typed: string, text: string): string {
	const name = typed.replace(/[\s\p{Cc}]+/gu, ' ').trim();
	if (name === '' || name.length > LONGEST_NAME)
		throw bad('name', `${text}, in ${LONGEST_NAME} signs at most.`);
	return name;
}

function bad(field: string, text: string): BadInput {
	return new BadInput('This cannot be done as it stands.', [{ field, text }]);
}
