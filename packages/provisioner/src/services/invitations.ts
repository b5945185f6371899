import { randomBytes } from 'node:crypto';
import { dateIn, endOfDay } from '@understory/core/calendar.ts';
import { BadInput, type Fault, Gone, NotFound } from '@understory/core/errors.ts';
import { BRANCH_ROLES, LIBRARY_ROLES, type StaffRole } from '@understory/core/grants.ts';
import type { Context } from '../context.ts';
import { hashToken } from '../store/access.ts';
import { branchById, goesOnAs } from '../store/branches.ts';
import { type Database, lock, type Transaction } from '../store/database.ts';
import type { InvitationRow, LibraryRow } from '../store/rows.ts';
import { addGrant, addInvitation, changeGrant, findInvitation, grantNow } from '../store/staff.ts';
import { putSeat, seatsAt, teamOfMember } from '../store/teams.ts';
import { settleSeats } from './team-seats.ts';

const DAY = 86_400_000;
/** How long an invitation may be used, in milliseconds: 14 days. */
const LIFE = 14 * DAY;
const LONGEST_NAME = 100;

/** What library IT says of somebody it invites. */
export interface Wanted {
	readonly role: string;
	/** As they want to be called at work. For the panel it may be left out: nothing shows it but the panel's own page and library IT's. */
	readonly name?: string;
	/** YYYY-MM-DD on the library's wall: the last day of the role. Missing or null: until it is taken back. */
	readonly until?: string | null;
}

/** Where somebody is invited to, and the name of the token that does. */
interface Place {
	readonly library: LibraryRow;
	/** Null for the whole library. */
	readonly branch: string | null;
	readonly by: string;
}

export interface Invitation {
	readonly id: string;
	readonly token: string;
	/** Opens with the library's card sign-in. */
	readonly url: string;
	/** UTC milliseconds. */
	readonly expires: number;
}

/**
 * Makes a one-time invitation to a role. The address is returned once and only its hash is kept. `id` is given when the same request may come twice.
 * Throws `BadInput` with each fault.
 */
export async function invite(
	context: Context,
	{ library, branch, by }: Place,
	wanted: Wanted,
	id: string = context.randomId(),
): Promise<Invitation> {
	const now = context.clock.now();
	const roles: readonly StaffRole[] = branch === null ? LIBRARY_ROLES : BRANCH_ROLES;
	const role = roles.find((known) => known === wanted.role);
	const name = wanted.name?.trim() ?? '';
	const until = wanted.until ? endOfDay(library.zone, wanted.until) : null;
	const faults: Fault[] = [];
	if (!role) faults.push({ field: 'role', text: `Choose one of ${roles.join(', ')}.` });
	if ((name === '' && role !== 'panel') || name.length > LONGEST_NAME)
		faults.push({
			field: 'name',
			text: `Write what they are called at work, in ${LONGEST_NAME} signs at most.`,
		});
	if (wanted.until && (until === null || wanted.until < dateIn(library.zone, now)))
		faults.push({
			field: 'until',
			text: 'Write a last day that is not over, as 2027-06-30, or leave it out.',
		});
	if (!role || faults.length > 0) throw new BadInput('This invitation cannot be made as it stands.', faults);
	// So that two of a panel can be told apart who are not named.
	const named = name === '' ? `#${id.slice(0, 4)}` : name;
	return written(context, context.database, library, {
		...{ id, branch, role, name: named, invited_by: by, valid_until: until },
	});
}

/** Makes a one-time invitation for somebody of a shared team to serve at a library. Within the caller's transaction. */
export async function inviteMember(
	context: Context,
	transaction: Transaction,
	wanted: {
		readonly library: LibraryRow;
		readonly by: string;
		/** Their id on the team. */
		readonly member: string;
		readonly name: string;
		readonly id?: string;
	},
): Promise<Invitation> {
	const { library, by, member, name, id = context.randomId() } = wanted;
	return written(context, transaction, library, {
		...{ id, branch: null, role: 'moderation_team', name, invited_by: by, valid_until: null },
		team_member: member,
	});
}

/** Writes it down and returns its address. */
async function written(
	context: Context,
	database: Database,
	library: LibraryRow,
	row: Omit<Parameters<typeof addInvitation>[1], 'hash' | 'library' | 'expires'>,
): Promise<Invitation> {
	const token = randomBytes(24).toString('base64url');
	const expires = context.clock.now() + LIFE;
	await addInvitation(database, { ...row, hash: hashToken(token), library: library.id, expires });
	return { id: row.id, token, url: `${library.card_origin}/invitation/${token}`, expires };
}

/** What the holder of an invitation got. */
export interface Granted {
	readonly role: StaffRole;
	readonly name: string;
	readonly branch: string | null;
}

/**
 * Turns an invitation into a grant for a member of staff, whom the library's sign-in vouches for. The same person may present it again and
 * gets the same answer; anybody else is refused. Throws `NotFound` or `Gone`.
 */
export async function acceptInvitation(
	context: Context,
	accepted: { token: string; library: string; staffId: string },
): Promise<Granted> {
	return context.database.transaction(async (transaction) => {
		const hash = hashToken(accepted.token);
		await lock(transaction, `invitation:${hash}`);
		const invitation = await findSettled(transaction, accepted.token);
		if (!invitation || invitation.library !== accepted.library)
			throw new NotFound('There is no such invitation.');
		const branch = await whereItIsUsed(transaction, invitation.branch);
		const granted = { role: invitation.role, name: invitation.name, branch };
		const now = context.clock.now();
		const again = invitation.accepted_by === accepted.staffId;
		if (again && (await hasIt(transaction, invitation, accepted.staffId, now))) return granted;
		if (invitation.accepted_by !== null || Number(invitation.expires) < now) {
			throw new Gone('This invitation was used already, or its time is over. Ask for a new one.');
		}
		await transaction('invitation').where({ hash }).update({ accepted_by: accepted.staffId });
		if (invitation.team_member !== null) await takeSeat(context, transaction, invitation, accepted.staffId);
		else await give(context, transaction, invitation, accepted.staffId);
		return granted;
	});
}

/** The invitation; one to a team is read within the team's lock, since the team may end at this very moment and the invitation with it. */
async function findSettled(transaction: Transaction, token: string): Promise<InvitationRow | undefined> {
	const found = await findInvitation(transaction, token);
	if (!found || found.team_member === null) return found;
	const team = await teamOfMember(transaction, found.team_member);
	if (!team) return undefined;
	await lock(transaction, `team:${team.id}`);
	return findInvitation(transaction, token);
}

/** The branch that whoever accepts is led to: of one that got another name, the one that goes on, once the old one is closed for good. */
async function whereItIsUsed(transaction: Transaction, branch: string | null): Promise<string | null> {
	if (branch === null || (await branchById(transaction, branch))?.stage !== 'retired') return branch;
	return (await goesOnAs(transaction, branch))?.id ?? branch;
}

/** Do they have what this invitation gave them? */
async function hasIt(
	transaction: Transaction,
	invitation: InvitationRow,
	staffId: string,
	now: number,
): Promise<boolean> {
	const { team_member: member, library } = invitation;
	if (member === null) return (await grantNow(transaction, { ...invitation, staffId }, now)) !== undefined;
	const team = await teamOfMember(transaction, member);
	const seats = team ? await seatsAt(transaction, team.id, library) : [];
	return seats.some((seat) => seat.member === member && seat.staff_id === staffId);
}

/** Somebody of a shared team signs in at a library for the first time; the caller holds the team's lock. Throws `Gone` when they are on the team no more. */
async function takeSeat(
	context: Context,
	transaction: Transaction,
	{ team_member: member, library, invited_by: by }: InvitationRow,
	staffId: string,
): Promise<void> {
	const team = await teamOfMember(transaction, member!);
	if (!team) throw new Gone('This invitation was used already, or its time is over. Ask for a new one.');
	await putSeat(transaction, { member: member!, library, staff_id: staffId });
	await settleSeats(context, transaction, { team, library, by });
}

/** What was meant for a branch that got another name meanwhile is given at both: at the one that closes and at the one that goes on. */
async function give(
	context: Context,
	transaction: Transaction,
	invitation: InvitationRow,
	staffId: string,
): Promise<void> {
	const { branch } = invitation;
	// Roles are taken along to another name under this lock, so none is given in between.
	if (branch !== null) await lock(transaction, `branch:${branch}`);
	const other = branch === null ? undefined : await goesOnAs(transaction, branch);
	for (const place of other ? [branch, other.id] : [branch])
		await giveAt(context, transaction, { ...invitation, branch: place }, staffId);
}

/** Whoever has the role already has it anew, and is not there twice: so its last day is moved, and taking it back takes all of it. */
async function giveAt(
	context: Context,
	transaction: Transaction,
	{ library, branch, role, name, invited_by, valid_until }: InvitationRow,
	staffId: string,
): Promise<void> {
	const now = context.clock.now();
	await lock(transaction, `staff:${library}:${staffId}`);
	const there = await grantNow(transaction, { library, branch, role, staffId }, now);
	if (there) return changeGrant(transaction, there.id, { name, invited_by, valid_until });
	await addGrant(transaction, {
		id: context.randomId(),
		staff_id: staffId,
		name,
		role,
		library,
		branch,
		invited_by,
		valid_from: now,
		valid_until,
	});
}
