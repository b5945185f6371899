import { BadInput, Conflict, type Fault, NotFound } from '@understory/core/errors.ts';
import type { MembersDecide, RosterProposal } from '@understory/core/roster-change.ts';
import { BETWEEN_SUSPENSIONS, LONGEST_SUSPENSION } from '@understory/neighborhood/changes.ts';
import {
	isListAddress,
	isWayToDecide,
	LONGEST_LIST_ADDRESS,
	LONGEST_LIST_NAME,
	signProposal,
} from '@understory/neighborhood/proposal.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { branchesOf } from '../store/branches.ts';
import { lock, type Transaction } from '../store/database.ts';
import { addRosterProposal, openRosterProposals } from '../store/roster-proposals.ts';
import type { BranchRow, NeighborhoodRow } from '../store/rows.ts';

const DAY = 24 * 60 * 60_000;
/** Whom it is proposed to put out is told so many days before the others are asked. */
export const TOLD_BEFORE = 1;

/** What the steward proposes to the members. */
export interface WantedProposal {
	readonly kind: RosterProposal['kind'];
	/** The branch it is about, by its domain; the address of a list. */
	readonly domain: string;
	/** What a list is called; a branch has its own name. */
	readonly name?: string;
	readonly reason: string;
	readonly evidence?: string;
}

/**
 * Proposes to the members of a neighborhood to let a branch in, to put one out, or to follow a list of servers (docs/adr/0101). The same request, sent again, does nothing. Throws Conflict `steward_decides`
 * where the charter lets the steward decide, or the new charter is not signed by all; `already_proposed`; `on_roster` or `not_on_roster`; `no_consent` for a branch that did not agree
 * to the charter; BadInput.
 */
export async function proposeToMembers(
	context: Context,
	neighborhood: NeighborhoodRow,
	wanted: WantedProposal,
	asked: { readonly id: string; readonly by: string },
): Promise<void> {
	checkWords([['reason', wanted.reason]]);
	await changing(context, neighborhood, async (transaction, row) => {
		const { roster, charter } = row;
		if (!roster?.charter.changes || !charter.changes) {
			throw new Conflict('In this neighborhood the steward decides, not its members.', 'steward_decides');
		}
		const open = await openRosterProposals(transaction, row.id);
		if (open.some(({ id }) => id === asked.id)) return;
		const branches = await branchesOf(transaction, row.library);
		const about = wanted.kind === 'follow_list' ? listOf(wanted) : subjectOf(row, branches, wanted);
		if (open.some(({ proposal }) => proposal.domain === about.domain)) {
			throw new Conflict('The members are asked about this already.', 'already_proposed');
		}
		const now = context.clock.now();
		const proposal = signProposal(
			{
				id: asked.id,
				neighborhood: row.id,
				kind: wanted.kind,
				...about,
				reason: wanted.reason.trim(),
				evidence: wanted.evidence?.trim() ?? '',
				charter: roster.charter,
				opened: wanted.kind === 'expel' ? now + TOLD_BEFORE * DAY : now,
			},
			context.platformKey,
		);
		await addRosterProposal(transaction, { neighborhood: row.id, created_by: asked.by, proposal, now });
		await addAudit(transaction, { at: now, actor: asked.by, act: ACTS[wanted.kind], subject: about.domain });
	});
	context.afterStep('roster_proposed');
}

const ACTS: Readonly<Record<RosterProposal['kind'], string>> = {
	admit: 'admission_proposed',
	expel: 'expulsion_proposed',
	follow_list: 'list_proposed',
};

/** Changes how a neighborhood is decided about: a new charter, which holds from when everybody who stands there signed it. Repeatable. Throws Conflict `still_asked`, BadInput. */
export async function changeWay(
	context: Context,
	neighborhood: NeighborhoodRow,
	way: MembersDecide | null,
	by: string,
): Promise<void> {
	if (way && !isWayToDecide(way)) {
		const text = 'Parts are no more than a whole, and the share is a half at least.';
		throw new BadInput('Nobody can decide like that.', [{ field: 'changes', text }]);
	}
	await changing(context, neighborhood, async (transaction, row) => {
		if ((await openRosterProposals(transaction, row.id)).length > 0) {
			throw new Conflict('The members are being asked something. Wait until it is decided.', 'still_asked');
		}
		const { title, text } = row.charter;
		const charter = { title, text, ...(way ? { changes: way } : {}) };
		await transaction('neighborhood')
			.where({ id: row.id })
			.update({ charter: JSON.stringify(charter) });
		const act = way ? 'members_decide' : 'steward_decides';
		await addAudit(transaction, { at: context.clock.now(), actor: by, act, subject: row.name });
	});
}

/**
 * Suspends a member that cannot wait, for seven days at most; it ends by itself, and cannot be begun again for a month. Saying it again may only end it earlier. Everybody
 * reads it on the roster at once. Throws Conflict `not_on_roster`, `suspended_lately`, BadInput.
 */
export async function suspendMember(
	context: Context,
	neighborhood: NeighborhoodRow,
	wanted: { readonly domain: string; readonly reason: string; readonly until: number },
	by: string,
): Promise<void> {
	const now = context.clock.now();
	const faults: Fault[] = [];
	if (!(wanted.until > now && wanted.until <= now + LONGEST_SUSPENSION * DAY)) {
		faults.push({ field: 'until', text: `A moment to come, at most ${LONGEST_SUSPENSION} days away.` });
	}
	checkWords([['reason', wanted.reason]], faults);
	await changing(context, neighborhood, async (transaction, row) => {
		const { domain, until } = wanted;
		if (!row.roster?.members.some((member) => member.domain === domain)) throw notOnRoster();
		const lately = row.suspensions.find(
			(one) => one.domain === domain && one.until + BETWEEN_SUSPENSIONS * DAY > now,
		);
		if (lately && (lately.until <= now || until > lately.until)) {
			throw new Conflict(
				`This member was suspended lately. It can be again ${BETWEEN_SUSPENSIONS} days after the end.`,
				'suspended_lately',
			);
		}
		const one = { domain, reason: wanted.reason.trim(), from: lately?.from ?? now, until };
		const others = row.suspensions.filter((known) => known.domain !== domain);
		await transaction('neighborhood')
			.where({ id: row.id })
			.update({ suspensions: JSON.stringify([...others, one]) });
		await addAudit(transaction, { at: now, actor: by, act: 'member_suspended', subject: domain });
	});
}

/** Under the lock under which rosters are made, on the row as it is then. */
async function changing(
	context: Context,
	{ id, library }: NeighborhoodRow,
	change: (transaction: Transaction, row: NeighborhoodRow) => Promise<void>,
): Promise<void> {
	await context.database.transaction(async (transaction) => {
		await lock(transaction, `rosters:${library}`);
		const row = await transaction<NeighborhoodRow>('neighborhood').where({ id }).first();
		if (!row) throw new NotFound('There is no such neighborhood.');
		await change(transaction, row);
	});
}

function subjectOf(
	{ roster }: NeighborhoodRow,
	branches: readonly BranchRow[],
	{ kind, domain }: WantedProposal,
) {
	const member = roster?.members.find((one) => one.domain === domain);
	if (kind === 'expel') {
		if (!member) throw notOnRoster();
		return { domain, name: member.name, key: member.key };
	}
	if (member) throw new Conflict('This branch stands on the roster already.', 'on_roster');
	const branch = branches.find(({ origin }) => new URL(origin).host === domain);
	if (!branch?.branch_key) {
		throw new Conflict('This branch has not agreed to the charter, so nobody can let it in.', 'no_consent');
	}
	return { domain, name: branch.name, key: branch.branch_key };
}

/** A list in one spelling, so that it is proposed once at a time. */
function listOf({ domain: typed, name: called = '' }: WantedProposal) {
	const domain = URL.canParse(typed.trim()) ? new URL(typed.trim()).href : '';
	const name = called.replaceAll(/\s+/g, ' ').trim();
	const faults: Fault[] = [];
	if (!isListAddress(domain)) {
		const text = `An address on the web, of ${LONGEST_LIST_ADDRESS} characters at most.`;
		faults.push({ field: 'domain', text });
	}
	if (name === '' || name.length > LONGEST_LIST_NAME) {
		faults.push({ field: 'name', text: `A name of ${LONGEST_LIST_NAME} characters at most.` });
	}
	if (faults.length > 0) throw new BadInput('This is no list that branches could follow.', faults);
	return { domain, name };
}

function notOnRoster(): Conflict {
	return new Conflict('No branch of this domain stands on the roster.', 'not_on_roster');
}

function checkWords(texts: readonly (readonly [field: string, text: string])[], faults: Fault[] = []): void {
	for (const [field, text] of texts) {
		if (text.trim() === '') faults.push({ field, text: 'Say why in a sentence; the members read it.' });
	}
	if (faults.length > 0) throw new BadInput('This cannot be done like that.', faults);
}
