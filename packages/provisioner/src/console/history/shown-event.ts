import type { ShownEvent } from '../../store/events.ts';
import { big } from '../../store/rows.ts';
import { type ShownCondition, shownConditions } from '../condition-words.ts';

/** An event as pages show it: the condition it became, in words, what it was before, and how often. */
export function shownEvent(
	event: ShownEvent,
): (ShownCondition & { was: string | null; many: number | null }) | undefined {
	const { condition: type, status, reason, message, at, was_status: was, times } = event;
	const [shown] = shownConditions([{ type, status, reason, message, transition_at: at }]);
	return (
		shown && {
			...{ ...shown, at: big(at) },
			was: was === null || was === status ? null : `conditions.status.${was}`,
			many: times > 1 ? times : null,
		}
	);
}
