import { MORE_TIME } from '../services/restricting/answering.ts';
import { ANSWERS, type Asked } from '../store/proposals.ts';
import { sayOfServers } from './server-view.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** "You follow three people there, and one follows you." */
export function sumsOf(web: Web, visit: Visit, own: Asked): string[] {
	return (['follows', 'followers', 'talks', 'lists'] as const)
		.filter((key) => own[key] > 0)
		.map((key) => sayOfServers(web, visit, `own.${key}`, { count: own[key] }));
}

/** What somebody can answer; the neighborhood's own time waits for nobody. */
export function answerChoices(
	web: Web,
	visit: Visit,
	{ chosen, vote }: { readonly chosen: string | null | undefined; readonly vote: boolean },
) {
	return ANSWERS.filter((value) => !vote || value !== 'time').map((value) => ({
		value,
		label: sayOfServers(web, visit, `answer.${value}`),
		hint: sayOfServers(web, visit, `answer_hint.${value}`, { count: MORE_TIME }),
		checked: value === chosen,
	}));
}
