import type { BranchStatus } from '@understory/core/desired.ts';
import type { SignedConsent } from '@understory/core/register.ts';
import { readRosterWords } from '@understory/neighborhood/words.ts';
import { parsePublicKey } from '@understory/transparency-log/keys.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../store/database.ts';
import { type BranchRow, big, type RoleRow } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';

const STATES: readonly string[] = ['serving', 'suspended', 'refused', 'damaged'];
/** A branch stands in a handful of neighborhoods. */
const MOST_CONSENTS = 100;

/** Reads what a home says of a branch; null when it is not in its form. Consents are verified where a roster is made of them. */
export function readStatus(value: unknown): BranchStatus | null {
	const status = value as Partial<Record<keyof BranchStatus, unknown>> | null;
	if (typeof status !== 'object' || status === null || !isUuid(status.branch)) return null;
	const { branch, generation, epoch, state, message, consents } = status;
	if (!isCount(generation) || !isCount(epoch)) return null;
	if (!STATES.includes(String(state))) return null;
	if (message !== null && message !== undefined && typeof message !== 'string') return null;
	if (!Array.isArray(consents) || consents.length > MOST_CONSENTS || !consents.every(isConsent)) return null;
	const words = status.roster_words === undefined ? undefined : readRosterWords(status.roster_words);
	if (words === null) return null;
	const key = status.branch_key === null ? null : parsePublicKey(status.branch_key);
	if (status.branch_key !== null && key === null) return null;
	return {
		branch,
		generation,
		epoch,
		state: state as BranchStatus['state'],
		message: message?.slice(0, 500) ?? null,
		branch_key: key,
		consents,
		...(words ? { roster_words: words } : {}),
	};
}

/**
 * Takes over what a home says of a branch that lives there; anything about another home's branch, or an older generation than the one
 * recorded, says nothing. A branch that does not serve keeps the key and the consents it gave: it is still itself. A home that suddenly shows
 * another key, or another epoch of the folder, is not believed until a person has looked. Returns whether something was written.
 */
export async function recordStatus(context: Context, homeId: string, told: BranchStatus): Promise<boolean> {
	return context.database.transaction(
		async (transaction) => (await recordIn(transaction, homeId, told)) !== null,
	);
}

/**
 * Takes over a report of a home, all of it or nothing: many branches in one transaction, in the order of the report. One that was signed before the last
 * that was taken says nothing: it was long on its way, or is sent again by somebody else. Returns the branches of which something was written.
 */
export async function recordReport(
	context: Context,
	home: Pick<RoleRow, 'id'>,
	{ issued, statuses }: { readonly issued: number; readonly statuses: readonly BranchStatus[] },
): Promise<Pick<BranchRow, 'id' | 'library'>[]> {
	return context.database.transaction(async (transaction) => {
		const role = await transaction<RoleRow>('role').where({ id: home.id }).forNoKeyUpdate().first();
		if (!role || issued < big(role.told_issued)) return [];
		await transaction('role').where({ id: home.id }).update({ told_issued: issued });
		const written = new Map<string, BranchRow>();
		for (const status of statuses) {
			const row = await recordIn(transaction, home.id, status);
			if (row) written.set(row.id, row);
		}
		return [...written.values()];
	});
}

/** The branch of which something was written; null when what was told says nothing. */
async function recordIn(
	transaction: Transaction,
	homeId: string,
	told: BranchStatus,
): Promise<BranchRow | null> {
	const row = await transaction<BranchRow>('branch')
		.where({ id: told.branch, home: homeId })
		.forUpdate()
		.first();
	if (!row || told.generation < big(row.observed_generation) || told.generation > big(row.generation)) {
		return null;
	}
	const doubt = doubtOf(row, told);
	const serving = told.state === 'serving' && doubt === null;
	await transaction('branch')
		.where({ id: row.id })
		.update({
			observed_generation: told.generation,
			observed_state: doubt === null ? told.state : 'refused',
			observed_message: doubt ?? told.message,
			...(serving
				? { branch_key: JSON.stringify(told.branch_key), consents: JSON.stringify(told.consents) }
				: {}),
			...(serving && told.roster_words ? { roster_words: JSON.stringify(told.roster_words) } : {}),
		});
	return row;
}

function doubtOf(row: BranchRow, told: BranchStatus): string | null {
	if (told.epoch !== row.epoch)
		return 'The folder in the home is of another epoch than the one that is wanted.';
	if (told.state !== 'serving') return null;
	if (told.branch_key === null) return 'The home says that it serves the branch, and shows no key.';
	if (row.branch_key !== null && row.branch_key.publicKey !== told.branch_key.publicKey) {
		return 'The home shows another branch key than before. Was the folder replaced?';
	}
	return null;
}

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isConsent(value: unknown): value is SignedConsent {
	const consent = value as Partial<Record<keyof SignedConsent, unknown>> | null;
	return (
		typeof consent === 'object' &&
		consent !== null &&
		consent.type === 'understory/consent/v1' &&
		isCount(consent.since) &&
		[
			consent.neighborhood,
			consent.charter_digest,
			consent.domain,
			consent.server_actor,
			consent.key_fingerprint,
			consent.key_id,
			consent.sig,
		].every((text) => typeof text === 'string' && text.length <= 500)
	);
}
