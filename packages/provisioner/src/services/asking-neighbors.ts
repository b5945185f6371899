import { Conflict } from '@understory/core/errors.ts';
import type { SignedRoster } from '@understory/core/register.ts';
import type { Context } from '../context.ts';
import { neighborhoodsOf } from '../store/neighborhoods.ts';
import { rosterProposalsOf } from '../store/roster-proposals.ts';
import { type BranchRow, big, type OperationRow } from '../store/rows.ts';
import { proposeToMembers } from './roster-proposals.ts';

/** What the asking has come to already, whoever asked. */
const NOTHING_TO_ASK = ['already_proposed', 'on_roster', 'steward_decides'];

/**
 * Asks the members of each neighborhood where they decide whether the branch that goes on may come in (docs/adr/0101): where the one before stands, or stood until it was
 * closed by this very operation. Nobody is let in by it, and the one before stays. Where the steward decides, the new one stands there by its own consent. Repeatable. Returns
 * whether somebody is asked who was not before.
 */
export async function askNeighbors(
	context: Context,
	operation: OperationRow,
	{ old, made }: { readonly old: BranchRow; readonly made: BranchRow },
): Promise<boolean> {
	const domain = domainOf(made);
	let isAsked = false;
	for (const { row, branches } of await neighborhoodsOf(context.database, old.library)) {
		if (!row.roster || !row.charter.changes || !branches.has(made.id)) continue;
		if (!stoodThere(row.roster, domainOf(old), big(operation.created))) continue;
		const before = await rosterProposalsOf(context.database, row.id);
		if (before.some(({ proposal }) => proposal.domain === domain)) continue;
		const wanted = { kind: 'admit', domain, reason: reasonOf(old, made) } as const;
		const asked = { id: context.randomId(), by: operation.created_by };
		try {
			await proposeToMembers(context, row, wanted, asked);
			isAsked = true;
		} catch (error) {
			if (!(error instanceof Conflict) || !NOTHING_TO_ASK.includes(error.code)) throw error;
		}
	}
	return isAsked;
}

function stoodThere({ members, history = [] }: SignedRoster, domain: string, since: number): boolean {
	return (
		members.some((member) => member.domain === domain) ||
		history.some(
			(event) =>
				event.event === 'withdrew' && event.withdrawal.domain === domain && event.withdrawal.at >= since,
		)
	);
}

/** Members and the public read it on the roster, which has one text for all: in both languages. */
function reasonOf(old: BranchRow, made: BranchRow): string {
	const [from, to] = [domainOf(old), domainOf(made)];
	return [
		`${old.name} (${from}) goes on under another name, ${made.name} (${to}), with its hosts and its rules; the old one closes.`,
		`${old.name} (${from}) sigue con otro nombre, ${made.name} (${to}), con sus responsables y sus reglas; la anterior cierra.`,
	].join(' / ');
}

function domainOf({ origin }: BranchRow): string {
	return new URL(origin).host;
}
