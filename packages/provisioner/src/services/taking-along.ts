import { dateIn } from '@understory/core/calendar.ts';
import type { Policy } from '@understory/core/rule.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { consoleGrants, widenConsoleGrant } from '../store/console-grants.ts';
import { addContact, contactRows } from '../store/contacts.ts';
import { lock, type Transaction } from '../store/database.ts';
import { addPolicy, policiesOf } from '../store/libraries.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';
import { addGrant, grantsNow } from '../store/staff.ts';
import { findTeam, partsOf, putPart, teamsOf } from '../store/teams.ts';
import { settleSeats } from './team-seats.ts';

/** A branch that gets another name, the one that goes on for it, and who asked. */
export interface GoingOn {
	readonly library: LibraryRow;
	readonly from: Pick<BranchRow, 'id' | 'slug'>;
	readonly to: Pick<BranchRow, 'id' | 'slug'>;
	readonly by: string;
}

/** Gives the branch that goes on what others settled beside its row: roles, shared teams, rules of its own, contacts. In the transaction that makes it. */
export async function takeAlong(context: Context, database: Transaction, going: GoingOn): Promise<void> {
	await takeRoles(context, database, going);
	await takeTeams(context, database, going);
	await takeConsole(context, database, going);
	await takeRules(context, database, going);
	await takeContacts(context, database, going);
}

/**
 * Whoever has a role at the one has it at the other until the same day. What is there already stays as it is, so that roles which were given since can be taken along later.
 * Roles of a team come with the team; those for the whole library hold at every branch.
 */
export async function takeRoles(context: Context, database: Transaction, going: GoingOn): Promise<void> {
	const { library, from, to, by } = going;
	const now = context.clock.now();
	const own = (await grantsNow(database, library.id, now)).filter((grant) => grant.team_member === null);
	const there = new Set(own.filter(({ branch }) => branch === to.id).map(keyOf));
	for (const grant of own) {
		if (grant.branch !== from.id || there.has(keyOf(grant))) continue;
		const { staff_id, name, role, valid_until } = grant;
		await addGrant(database, {
			...{ id: context.randomId(), library: library.id, branch: to.id, invited_by: by },
			...{ staff_id, name, role, valid_until, valid_from: now },
		});
	}
}

const keyOf = ({ staff_id, role }: { staff_id: string; role: string }) => `${staff_id} ${role}`;

/** A shared team that serves the one by the library's own choice serves the other. */
async function takeTeams(context: Context, database: Transaction, going: GoingOn): Promise<void> {
	const { library, from, to, by } = going;
	for (const { id } of await teamsOf(database, library.id)) {
		await lock(database, `team:${id}`);
		const team = await findTeam(database, id);
		const part = (await partsOf(database, id)).find((one) => one.library === library.id);
		if (!team || part?.state !== 'agreed' || !part.branches?.includes(from.id)) continue;
		const branches = [...new Set([...part.branches, to.id])];
		const at = context.clock.now();
		await putPart(database, { team: id, library: library.id, state: 'agreed', branches, said_by: by, at });
		await settleSeats(context, database, { team, library: library.id, by });
	}
}

/** Whoever a provider of staff lets in to the one at the console is let in to the other. A token is a program's, and stays as narrow as it was made. */
async function takeConsole(context: Context, database: Transaction, going: GoingOn): Promise<void> {
	const { library, from, to } = going;
	for (const { id, branches } of await consoleGrants(database, {
		library: library.id,
		now: context.clock.now(),
	})) {
		if (!branches?.includes(from.id) || branches.includes(to.id)) continue;
		await widenConsoleGrant(database, id, [...branches, to.id]);
	}
}

/**
 * The branch's own additions to the rules, as they hold and as they will: under a name of their own, since a policy's name is for ever and says whose it is; each rule
 * with the name and number it has, since its words are the same. Versions that are over stay behind with what was decided under them.
 */
async function takeRules(context: Context, database: Transaction, going: GoingOn): Promise<void> {
	const { library, from, to, by } = going;
	await lock(database, `policies:${library.id}`);
	const all = await policiesOf(database, library.id);
	const taken = new Set(all.map(({ id }) => id));
	const at = context.clock.now();
	const today = dateIn(library.zone, at);
	const own = Map.groupBy(
		all.filter(({ branch }) => branch === from.id),
		({ id }) => id,
	);
	for (const [id, versions] of own) {
		const name = nameFor(id, going, taken);
		taken.add(name);
		for (const [n, version] of stillHolding(versions, today).entries()) {
			const { adopted_by, rules, effective_on } = version;
			const policy = {
				...{ id: name, branch: to.id, version: n + 1, adopted_by },
				effective_on: effective_on < today ? today : effective_on,
				rules,
			};
			await addPolicy(database, library.id, policy);
			const subject = `policy ${name} ${policy.version} of library ${library.id}`;
			await addAudit(database, { at, actor: by, act: 'policy_adopted', subject });
		}
	}
}

/** The version in force on a day, and those that are to come. */
function stillHolding(versions: readonly Policy[], today: string): Policy[] {
	const begun = versions.filter(({ effective_on }) => effective_on <= today);
	return [...begun.slice(-1), ...versions.filter(({ effective_on }) => effective_on > today)];
}

/** As `POLICY_NAME` has it, with the branch that it is of at the end. */
function nameFor(id: string, { from, to }: GoingOn, taken: ReadonlySet<string>): string {
	const stem = id.endsWith(`-${from.slug}`) ? id.slice(0, -from.slug.length - 1) : id;
	for (let n = 1; ; n++) {
		const end = `-${to.slug.slice(0, LONGEST_END)}${n === 1 ? '' : `-${n}`}`;
		const name = `${stem.slice(0, LONGEST_NAME - end.length)}${end}`;
		if (!taken.has(name)) return name;
	}
}

const LONGEST_NAME = 40;
/** So much of a long slug. */
const LONGEST_END = 28;

/** Those of the branch alone. The one that goes on is told of by hand from then on: a file that is taken in again knows nothing of it. */
async function takeContacts(context: Context, database: Transaction, going: GoingOn): Promise<void> {
	const { library, from, to } = going;
	const rows = (await contactRows(database, library.id)).filter(({ branch }) => branch === from.id);
	for (const row of rows) {
		const told = row.source_id === null ? {} : { source: 'library IT', source_id: null };
		const created = context.clock.now();
		await addContact(database, { ...row, ...told, id: context.randomId(), branch: to.id, created });
	}
}
