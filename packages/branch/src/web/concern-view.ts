import { CONCERNS } from '../services/hosting/concerns.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** What a report can be about, as a choice of a form; `rules` is what it is most often. */
export function concernChoices(web: Web, visit: Visit, chosen: string) {
	const t = (key: string) => web.views.design.t(visit.language, `reports.concern.${key}`);
	return CONCERNS.map(({ concern }) => ({
		concern,
		label: t(`${concern}.label`),
		hint: t(`${concern}.hint`),
		checked: concern === (chosen || 'rules'),
	}));
}
