import { reversalOf } from '../store/decisions.ts';
import type { Matter } from '../store/matters.ts';
import { reasonOf } from './matter-view.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** What came of a report, as whoever reported it reads it: never what was done to whom, and never by whom. */
export interface OutcomeView {
	readonly heading: string;
	readonly text: string;
	/** In the hosts' own words. */
	readonly reason: string | null;
	readonly closed: number | null;
	/** By when they answer; null when they did. */
	readonly due: number | null;
}

/** Where a matter stands for those who reported it. */
export function outcomeView(web: Web, visit: Visit, matter: Matter): OutcomeView {
	const state = outcomeOf(web, matter);
	const t = (key: string) => web.views.design.t(visit.language, `reports.outcome.${state}.${key}`);
	return {
		heading: t('told'),
		text: t('text'),
		reason: reasonOf(web, matter),
		closed: matter.closed,
		due: matter.closed === null ? matter.due : null,
	};
}

/** The outcome, `waiting` while there is none, and `reversed` when what was done was taken back later. */
export function outcomeOf({ context }: Web, { closed, outcome, decision }: Matter): string {
	if (closed === null) return 'waiting';
	const reversed = decision && context.store.read((reading) => reversalOf(reading, decision));
	return reversed ? 'reversed' : (outcome ?? 'looked');
}
