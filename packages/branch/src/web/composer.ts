import { type Audience, repliesTo, type Scope } from '@understory/core/scope.ts';
import { type Chooser, offeredFor, staysNear } from '../services/audiences.ts';
import { countPeople } from '../store/people.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** One reach, with what choosing it means. */
export interface ScopeChoice {
	readonly word: Scope;
	readonly label: string;
	readonly hint: string;
	readonly checked: boolean;
}

/** The choices of a composer: all three for a first post, for a reply those its parent allows. */
export function scopeChoices(
	web: Web,
	visit: Visit,
	checked: Scope,
	parent: Audience | null = null,
): { readonly choices: readonly ScopeChoice[]; readonly narrower: boolean; readonly teen: boolean } {
	// Before the first visit is over there are only the claims. Nobody at all is held to what holds for the youngest.
	const author: Chooser = visit.person ?? visit.claims ?? { age_band: 'child' };
	const offered = offeredFor(web.context, author, parent);
	const { design } = web.views;
	const people = web.context.store.read((reading) => countPeople(reading));
	const branches = web.context.book.trust().neighborsOf(web.context.origin).size;
	const values: Record<string, object> = {
		branch: { branch: web.context.current.branch().name, count: people },
		neighborhood: { count: branches },
		public: {},
	};
	const widest = offered.at(-1);
	const chosen = offered.find((scope) => scope === checked) ?? widest;
	const choices = offered.map((word) => ({
		word,
		label: design.t(visit.language, `common.scope.${word}`, values[word] as Record<string, unknown>),
		hint: design.t(visit.language, `common.scope.hint.${word}`, values[word] as Record<string, unknown>),
		checked: word === chosen,
	}));
	const narrower = parent !== null && !repliesTo(parent).includes('public');
	return { choices, narrower, teen: staysNear(web.context, author) };
}
