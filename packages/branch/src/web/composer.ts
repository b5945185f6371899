import { type Audience, repliesTo, SCOPES, type Scope } from '@understory/core/scope.ts';
import { type Chooser, mayByParents, OFFERED, offeredFor, staysNear } from '../services/audiences.ts';
import type { PollForm } from '../services/question.ts';
import { quietUntil } from '../services/quiet-hours.ts';
import { countPeople } from '../store/people.ts';
import { countWaitingOf } from '../store/waiting-posts.ts';
import { mediaFields } from './media-form.ts';
import { pollFields, pollIn } from './poll-form.ts';
import { field, type Visit } from './visit.ts';
import type { Web } from './web.ts';

/** One reach, with what choosing it means. */
export interface ScopeChoice {
	readonly word: Scope;
	readonly label: string;
	readonly hint: string;
	readonly checked: boolean;
}

/** What stands in a composer: what was typed so far, or nothing. */
export interface Typed {
	readonly text: string;
	readonly summary: string;
	readonly sensitive: boolean;
	readonly language: string;
	/** Numbers of files that were taken already. */
	readonly media: readonly number[];
	/** A question that goes with it, as far as it was filled in. */
	readonly poll?: PollForm;
	/** The space it is for. */
	readonly space?: string;
}

/** Languages that are offered for a post: those most spoken in homes in the United States (Census ACS table B16001), and some neighbors. */
const LANGUAGES = [
	'en',
	'es',
	'zh',
	'tl',
	'vi',
	'ar',
	'fr',
	'ko',
	'ru',
	'pt',
	'ht',
	'hi',
	'de',
	'pl',
	'it',
	'ur',
	'fa',
	'te',
	'ja',
	'gu',
	'so',
	'am',
	'uk',
	'sw',
	'ne',
] as const;

/** What a form of ours brought. */
export function typedIn(visit: Visit): Typed {
	return {
		text: field(visit, 'text'),
		summary: field(visit, 'summary'),
		sensitive: field(visit, 'sensitive') === 'yes',
		language: field(visit, 'language') || visit.language,
		media: [],
		poll: pollIn(visit),
		space: field(visit, 'space'),
	};
}

/** The fields of a composer around what was typed. */
export function typedFields(web: Web, visit: Visit, typed: Typed | null) {
	const { text, summary, sensitive, language, media, poll } = typed ?? {
		text: '',
		summary: '',
		sensitive: false,
		language: visit.language,
		media: [],
		poll: undefined,
	};
	const names = new Intl.DisplayNames([visit.language], { type: 'language' });
	const codes = LANGUAGES.some((code) => code === language) ? LANGUAGES : [language, ...LANGUAGES];
	return {
		quiet: quietUntil(web.context),
		waiting: visit.person ? countWaiting(web, visit.person.id) : 0,
		text,
		summary,
		sensitive,
		media: mediaFields(web, visit.person, media),
		poll: pollFields(web, visit, poll),
		opened: summary !== '' || sensitive || language !== visit.language,
		languages: codes.map((code) => ({
			code,
			name: nameOf(names, code),
			selected: code === language,
		})),
	};
}

function countWaiting({ context }: Web, person: number): number {
	return context.store.read((reading) => countWaitingOf(reading, person));
}

function nameOf(names: Intl.DisplayNames, code: string): string {
	try {
		return names.of(code) ?? code;
	} catch (error) {
		// What a form brings may be no language at all.
		if (error instanceof RangeError) return code;
		throw error;
	}
}

/** What the choices of a form are told by. */
interface Choices {
	readonly choices: readonly ScopeChoice[];
	readonly narrower: boolean;
	readonly teen: boolean;
	/** A parent or guardian said that they may post for everyone. */
	readonly parents: boolean;
}

/** The choices of a form for something that is for places, not for a circle of people: a default, an event. */
export function scopeChoices(web: Web, visit: Visit, checked: Scope): Choices {
	return choicesOf(web, visit, checked, null, OFFERED);
}

/** The choices of a composer: all for a first post, for a reply those its parent allows. */
export function composerChoices(
	web: Web,
	visit: Visit,
	checked: Scope,
	parent: Audience | null = null,
): Choices {
	return choicesOf(web, visit, checked, parent, SCOPES);
}

/** The choices of a composer for a quote: those in which it may be, or may be asked for; the narrowest stands ready when theirs is none of them. */
export function quoteChoices(web: Web, visit: Visit, checked: Scope, possible: readonly Scope[]): Choices {
	const ready = possible.includes(checked) ? checked : (possible[0] ?? checked);
	return choicesOf(web, visit, ready, null, possible);
}

function choicesOf(
	web: Web,
	visit: Visit,
	checked: Scope,
	parent: Audience | null,
	among: readonly Scope[],
): Choices {
	// Before the first visit is over there are only the claims. Nobody at all is held to what holds for the youngest.
	const author: Chooser = visit.person ?? visit.claims ?? { age_band: 'child' };
	const offered = offeredFor(web.context, author, parent).filter((scope) => among.includes(scope));
	const { design } = web.views;
	const people = web.context.store.read((reading) => countPeople(reading));
	const branches = web.context.book.trust().neighborsOf(web.context.origin).size;
	const values: Record<string, Record<string, unknown>> = {
		branch: { branch: web.context.current.branch().name, count: people },
		neighborhood: { count: branches },
	};
	const places = offered.filter((scope) => OFFERED.some((one) => one === scope));
	const chosen = offered.find((scope) => scope === checked) ?? places.at(-1) ?? offered[0];
	const choices = offered.map((word) => ({
		word,
		label: design.t(visit.language, `common.scope.${word}`, values[word] ?? {}),
		hint: design.t(visit.language, `common.scope.hint.${word}`, values[word] ?? {}),
		checked: word === chosen,
	}));
	const narrower = parent !== null && !repliesTo(parent).includes('public');
	return {
		choices,
		narrower,
		teen: staysNear(web.context, author),
		parents: mayByParents(web.context, author),
	};
}
