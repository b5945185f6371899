import { BadInput } from '@understory/core/errors.ts';
import type { OfficialRequestEntry } from '@understory/core/statement.ts';
import type { Db } from '../store/database.ts';
import { findEntry } from '../store/entries.ts';

/**
 * A request of an office names no entry, so that nobody learns which case it is about, and its end names that request of the same branch alone, with the days it took
 * (docs/adr/0119). Throws BadInput for any other.
 */
export async function checkRequest(
	db: Db,
	branchId: string,
	{ refs, outcome, days }: Pick<OfficialRequestEntry, 'refs' | 'outcome' | 'days'>,
): Promise<void> {
	if ((outcome === 'open') !== (days === null)) {
		const fault = { field: 'days', text: 'It is there once the request came to an end, and not before.' };
		throw new BadInput('The days that a request took do not fit what came of it.', [fault]);
	}
	if (outcome === 'open' && refs.length === 0) return;
	const [first, ...more] = outcome === 'open' ? [] : refs;
	const asked = first === undefined || more.length > 0 ? undefined : await findEntry(db, first);
	if (asked?.kind === 'official_request' && asked.branch_id === branchId) return;
	throw new BadInput('A request names no entry, and its end names the request.', [
		{ field: 'refs', text: 'It must name the request that came to an end, and nothing else.' },
	]);
}
