import { LEVELS, type Level } from '../services/restricting/levels.ts';
import { concernedFor } from '../services/restricting/previewing.ts';
import type { Person } from '../store/people.ts';
import { postById } from '../store/posts.ts';
import type { Proposal } from '../store/proposals.ts';
import type { Restriction } from '../store/restrictions.ts';
import { listsNaming } from '../store/server-lists.ts';
import { remoteAuthor } from './author-view.ts';
import { postHref } from './post-view.ts';
import { field, type Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A phrase about other servers, in the visitor's language. */
export function sayOfServers(
	web: Web,
	visit: Pick<Visit, 'language'>,
	key: string,
	values?: Readonly<Record<string, unknown>>,
): string {
	return web.views.design.t(visit.language, `servers.${key}`, values);
}

/** The levels as choices, the mildest first; from `least` up. */
export function levelChoices(web: Web, visit: Visit, chosen: string, names: readonly (Level | 'none')[]) {
	return names.map((level) => ({
		value: level,
		label: sayOfServers(web, visit, `level.${level}`),
		hint: sayOfServers(web, visit, `means.${level}`),
		checked: level === chosen,
	}));
}

/** Every level by name, the mildest first. */
export const LEVEL_NAMES: readonly Level[] = LEVELS.map(({ level }) => level);

/** A restriction in words. */
export function restrictionView(
	web: Web,
	visit: Visit,
	{ host, level, since, until, review, decision }: Restriction,
) {
	return {
		...{ host, since, until, review },
		level: sayOfServers(web, visit, `level.${level}`),
		means: sayOfServers(web, visit, `means.${level}`),
		statement: statementHref(web, decision),
	};
}

/** Where a decision stands in the log. */
export function statementHref(web: Web, decision: string): string {
	return `${web.context.current.library().accountability_origin}/statements/${decision}`;
}

/** The page of the notice below which the branch talks about a proposal; null for none. */
export function boardHref(web: Web, visit: Visit, { post }: Pick<Proposal, 'post'>): string | null {
	const notice = post === null ? undefined : web.context.store.read((reading) => postById(reading, post));
	return notice && notice.deleted === null ? postHref(web, visit, notice) : null;
}

/** What the lists that hosts here follow say about a server, those of neighbors too. */
export function listedViews(web: Web, visit: Visit, host: string) {
	const found = web.context.store.read((reading) => listsNaming(reading, host));
	return found.map(({ name, level, comment }) => ({
		...{ name, comment },
		level: sayOfServers(web, visit, `level.${level}`),
	}));
}

/** How many people here it touches. */
export function touchesInWords(web: Web, visit: Visit, count: number): string {
	return count === 0
		? sayOfServers(web, visit, 'sum.nobody')
		: sayOfServers(web, visit, 'sum.people', { count });
}

/** What a proposal asks for, in a few words. */
export function wishInWords(web: Web, visit: Visit, { wants }: Pick<Proposal, 'wants'>): string {
	return sayOfServers(web, visit, `wants.${wants}`);
}

/** Where the list stands that a proposal is about; null for what is about a server. */
export function addressOfList({ wants, host }: Pick<Proposal, 'wants' | 'host'>): string | null {
	return wants === 'follow_list' ? host : null;
}

/** Whom it is about for one person of the branch, as their page lists them. */
export function concernedViews(web: Web, visit: Visit, person: Person, host: string) {
	return concernedFor(web.context, person, host).map((one) => {
		const ways = [
			...(one.follows ? ['you_follow'] : []),
			...(one.follower ? ['follows_you'] : []),
			...(one.talks ? ['you_talk'] : []),
		].map((way) => sayOfServers(web, visit, `way.${way}`));
		const lists = one.lists === null ? [] : one.lists.split('\n');
		const listed = lists.map((name) => sayOfServers(web, visit, 'way.listed', { name }));
		return {
			...remoteAuthor(web, visit, one),
			address: `@${one.handle}@${one.host}`,
			page: one.url ?? one.uri,
			actor: one.uri,
			ways: [...ways, ...listed].join(' · '),
			wrote: one.wrote,
		};
	});
}

/** Days to choose from, for the field of this name. */
export function dayChoices(web: Web, visit: Visit, days: readonly number[], usual: number, name = 'days') {
	const chosen = Number(field(visit, name)) || usual;
	return days.map((value) => ({
		value,
		label: sayOfServers(web, visit, 'days', { count: value }),
		chosen: value === chosen,
	}));
}
