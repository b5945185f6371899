import { BadInput } from '@understory/core/errors.ts';
import { noteAccess, REASONS_TO_OPEN, reasonToOpen } from '../services/hosting/access-log.ts';
import type { Looked, Reason } from '../store/accesses.ts';
import { type FaultViews, faultViews, NO_FAULTS } from './faults.ts';
import { field, staffOf, type Visit } from './visit.ts';
import type { Web } from './web.ts';

/** Writes down that whoever asks looks at something of this case. */
export function noteLook(web: Web, visit: Visit, what: Looked, why: Reason, decision: string): void {
	noteAccess(web.context, { staff_id: staffOf(visit), what, why, decision });
}

/** Shows a case with what it keeps sealed, for one page and for the reason the form gives; without a reason shows what is missing instead. */
export function openSealed(
	web: Web,
	visit: Visit,
	decision: string,
	showWith: (opened: boolean, faults: FaultViews) => void,
): void {
	const why = reasonToOpen(field(visit, 'why_open'));
	if (!why) {
		const missing = new BadInput('Say why you open it.', [{ field: 'why_open', text: 'why_open' }]);
		showWith(false, faultViews(web, visit, missing));
		return;
	}
	noteLook(web, visit, 'removed', why, decision);
	showWith(true, NO_FAULTS);
}

/** The reasons, in words. */
export function reasonViews(web: Web, visit: Visit): readonly { value: Reason; label: string }[] {
	return REASONS_TO_OPEN.map((value) => ({
		value,
		label: web.views.design.t(visit.language, `cases.access.why.${value}`),
	}));
}
