import { isReason, REASONS } from '../reconcile/reasons.ts';
import { big, type ConditionRow } from '../store/rows.ts';

/** A condition as a page shows it: keys of the words, and what the platform itself wrote down. */
export interface ShownCondition {
	readonly type: string;
	/** One of the design's conditions; `quiet` says that there is nothing to see to. */
	readonly kind: 'good' | 'wait' | 'stop' | 'quiet';
	readonly name: string;
	readonly status: string;
	/** Null for a reason that this version does not know; the page then shows `reason` as it is. */
	readonly says: string | null;
	readonly next: string | null;
	readonly reason: string;
	/** A sentence in English, with the names and numbers of the case. */
	readonly message: string;
	/** Since when it has this status, UTC milliseconds. */
	readonly at: number;
}

/** What is told of a condition. */
type Told = Pick<ConditionRow, 'type' | 'status' | 'reason' | 'message' | 'transition_at'>;

const ORDER = Object.keys(REASONS);

/** Conditions in plain words, in the order in which people ask. */
export function shownConditions(rows: readonly Told[]): ShownCondition[] {
	return rows
		.filter(({ type }) => ORDER.includes(type))
		.toSorted((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type))
		.map((row) => {
			const { type, status, reason, message } = row;
			const words = isReason(type, reason) ? `conditions.${type}.${reason}` : null;
			return {
				...{ type, reason, message, kind: kindOf(row), at: big(row.transition_at) },
				...{ name: `conditions.type.${type}`, status: `conditions.status.${status}` },
				...{ says: words && `${words}.says`, next: words && `${words}.next` },
			};
		});
}

/** That something is under way is no good news and no bad; everything else is good when it is so. */
function kindOf({ type, status, reason }: Told): ShownCondition['kind'] {
	if (type === 'Progressing') {
		if (reason === 'NeedsYou') return 'stop';
		return status === 'False' ? 'quiet' : 'wait';
	}
	if (NO_NEWS.has(type)) return status === 'False' ? 'quiet' : 'wait';
	if (reason === 'ExpiresSoon') return 'wait';
	if (status === 'True') return 'good';
	return status === 'False' && STOPS.has(reason) ? 'stop' : 'wait';
}

/** What is no news when it is not so. */
const NO_NEWS: ReadonlySet<string> = new Set(['Drifted', 'Paused', 'Deleting']);

/** What does not end by itself. */
const STOPS: ReadonlySet<string> = new Set([
	...['Damaged', 'Refused', 'GivenUp', 'HomeGivenUp', 'Failed', 'TooOld', 'None'],
	...['ResolvesNot', 'Expired', 'WrongName', 'NotTrusted', 'ShowsNone'],
	...['NobodyHosts', 'Quiet', 'Closing', 'MayEnd'],
]);
