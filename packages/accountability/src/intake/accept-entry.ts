import { randomBytes } from 'node:crypto';
import type { Clock } from '@understory/core/clock.ts';
import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchRecord } from '@understory/core/register.ts';
import { makeDisclosure } from '@understory/transparency-log/sd.ts';
import { digestText, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import type { Library, Registers } from '../registers.ts';
import type { Db } from '../store/database.ts';
import { addEntry, findEntry, lockChain, withdraw } from '../store/entries.ts';
import { checkRequest } from './check-request.ts';
import { isSealed } from './is-sealed.ts';
import type { ReadSubmission } from './read-submission.ts';
import { takeUnsealing } from './take-unsealing.ts';

/** Kinds that are about earlier entries. */
const ABOUT: ReadonlySet<string> = new Set([
	...['reversal', 'correction', 'redaction'],
	...['appeal', 'appeal_outcome', 'audit', 'unsealing'],
]);

/**
 * Takes up an entry of a branch (DESIGN 5.2, 5.9): signed by the key the register gives for the branch, following the branch's
 * last accepted entry. The same bytes again are the same entry and change nothing. What a redaction names is withdrawn at
 * once. Throws `NotFound` for an unknown branch, `NotAllowed` for a wrong signature, `Conflict` when the id is taken by other
 * bytes or the chain does not go on from here.
 */
export function createAcceptEntry(parts: {
	readonly db: Db;
	readonly clock: Clock;
	readonly registers: Registers;
	/** Fewer people than this at a branch, and its decisions are counted and not shown; 0 shows all. */
	readonly minimumPopulation: number;
}): (library: Library, submission: ReadSubmission) => Promise<void> {
	const { db, clock, registers, minimumPopulation } = parts;

	return async (library, { text, entry, disclosures, unsealed, people }) => {
		const branch = await branchOf(library, entry.branch, entry.key_id);
		if (entry.branch_key_id !== entry.key_id || !isSigned(entry, branch)) {
			throw new NotAllowed('This entry is not signed by the key of its branch.', 'bad_signature');
		}
		const digest = digestText(text);
		await db.transaction(async (tx) => {
			const head = await lockChain(tx, branch.id);
			const known = await findEntry(tx, entry.id);
			if (known) {
				if (known.digest === digest) return;
				throw new Conflict('There is another entry with this id.', 'id_taken');
			}
			if (entry.prev !== head) {
				throw new Conflict(
					head === null
						? 'This must be the first entry of the branch, and it names one before it.'
						: 'This entry does not follow the last one we have of the branch. Send the missing ones first.',
					'out_of_order',
					{ faults: [{ field: 'prev', text: `The last one we have is ${head ?? 'none'}.` }] },
				);
			}
			if (ABOUT.has(entry.kind) && entry.refs.length === 0) {
				throw new BadInput('An entry of this kind names the entries it is about.', [
					{ field: 'refs', text: 'It must name at least one.' },
				]);
			}
			if (entry.kind === 'official_request') await checkRequest(tx, branch.id, entry);
			const sealed = await isSealed(tx, minimumPopulation, branch, entry, people);
			await addEntry(tx, {
				id: entry.id,
				library_id: library.id,
				branch_id: branch.id,
				entry: text,
				digest,
				kind: entry.kind,
				refs: entry.refs,
				received_at: clock.now(),
				disclosures,
				seal: sealed ? makeDisclosure('entry', text, randomBytes(16).toString('base64url')) : null,
			});
			if (entry.kind === 'redaction') await withdraw(tx, branch.id, entry.refs, entry.id);
			if (entry.kind === 'unsealing') await takeUnsealing(tx, branch.id, entry, unsealed);
		});
	};

	/** A branch that opened a moment ago may be in a register that we have not seen yet, so we look once more. */
	async function branchOf(library: Library, host: string, keyId: string): Promise<BranchRecord> {
		const find = (): BranchRecord | undefined => registers.branch(library.id, host);
		if (find()?.branch_key?.id !== keyId) await registers.lookAgain();
		const branch = find();
		if (!branch) throw new NotFound('This library has no branch of that name.');
		return branch;
	}
}

function isSigned(entry: object, branch: BranchRecord): boolean {
	return branch.branch_key !== null && verifyDocument(entry, [branch.branch_key]);
}
