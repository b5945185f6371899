import { dateIn } from '@understory/core/calendar.ts';
import { type Contact, contactState } from '@understory/core/contact.ts';
import type { Policy, Rule } from '@understory/core/rule.ts';
import { securityTxt } from '@understory/core/security-txt.ts';
import { untranslated } from '@understory/design/untranslated.ts';
import { openSpaces } from '../../store/spaces.ts';
import { watchPhrases } from '../../store/watch-phrases.ts';
import { spineOf } from '../author-view.ts';
import { doorView } from '../door.ts';
import { say, show } from '../frame.ts';
import { deliberatingView } from '../hearing-view.ts';
import type { Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What a branch says about itself, for anybody. */
export const ABOUT_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/about', need: 'nobody', run: about },
	{ method: 'get', path: '/rules', need: 'nobody', run: rules },
	{ method: 'get', path: '/neighborhood', need: 'nobody', run: neighborhood },
	{ method: 'get', path: '/.well-known/security.txt', need: 'nobody', run: security },
];

function about(web: Web, visit: Visit): void {
	const { current } = web.context;
	const branch = current.branch();
	const contacts = current
		.contacts()
		.filter((contact) => contact.branch === null || contact.branch === branch.id)
		.map((contact) => ({ ...contact, warning: warningOf(web, visit, contact) }));
	show(
		web,
		visit,
		'about',
		{ title: say(web, visit, 'about.title'), sign: 'about', path: '/about' },
		{
			door: doorView(web, visit),
			library: current.library(),
			address: branch.address,
			phone: branch.phone,
			stage: web.views.design.t(visit.language, `common.stage.${branch.stage}`),
			federation: say(web, visit, `about.federation.${branch.federation}`),
			appealPartner: branch.appeal_partner,
			contacts,
			policies: policyViews(web, visit),
		},
	);
}

/** What to know before relying on a contact, as the public site says it; null where there is nothing. */
function warningOf(web: Web, visit: Visit, contact: Contact): string | null {
	const { context, views } = web;
	const state = contactState(contact, dateIn(context.current.library().zone, context.clock.now()));
	const days: Partial<Record<typeof state, string | null>> = {
		...{ broken: contact.broken_on, term_over: contact.term_end, old: contact.checked_on },
	};
	const date = days[state];
	return date ? views.design.t(visit.language, `branch.about.contact_state.${state}`, { date }) : null;
}

function rules(web: Web, visit: Visit): void {
	const policies = policyViews(web, visit);
	show(
		web,
		visit,
		'rules',
		{ title: say(web, visit, 'rules.title'), sign: 'rules', path: '/rules' },
		{
			policies,
			appealPartner: web.context.current.branch().appeal_partner,
			watched: web.context.store.read((reading) => watchPhrases(reading)),
			spaces: web.context.store
				.read((reading) => openSpaces(reading))
				.map(({ name, purpose }) => ({
					...{ name: inLanguage(name, visit), purpose: inLanguage(purpose, visit) },
				})),
		},
	);
}

/** The policies in force, in the visitor's language where they are written in it. */
export function policyViews(web: Web, visit: Visit) {
	return web.context.current.policies().map((policy) => ({
		id: policy.id,
		version: policy.version,
		own: policy.branch !== undefined,
		permanent: permanentOf(web, policy),
		adoptedBy: policy.adopted_by,
		// Noon, so that the date is the same in every zone.
		effectiveOn: Date.parse(`${policy.effective_on}T12:00:00Z`),
		rules: policy.rules.map((rule) => ({
			key: `${policy.id}/${rule.id}`,
			id: rule.id,
			version: rule.version,
			title: inLanguage(rule.title, visit),
			text: inLanguage(rule.text, visit),
			test: inLanguage(rule.test, visit),
			...inOther(web, visit, rule),
			...examplesOf(rule, visit),
			greatest: say(web, visit, `rules.action.${rule.greatest_first_action}`),
		})),
	}));
}

/** In which language a rule stands where it is not in the visitor's, and the words that say so. */
function inOther({ views }: Web, { language }: Visit, rule: Rule) {
	const other = untranslated(rule.text, language);
	const words = other && views.design.t(language, 'common.untranslated', { language: other.name });
	return { lang: other?.code ?? null, other: words };
}

/** A text in the visitor's language, or in English, which is always there. */
export function inLanguage(texts: Readonly<Record<string, string>>, visit: Visit): string {
	return texts[visit.language] ?? texts.en ?? '';
}

/** Examples of a rule in the visitor's language, or in English; rules that were adopted before examples were asked for have none. */
export function examplesOf(
	rule: Rule,
	{ language }: Visit,
): { yes: readonly string[]; no: readonly string[] } {
	const inOne = (texts: Rule['examples_yes']) => texts?.[language] ?? texts?.en ?? [];
	return { yes: inOne(rule.examples_yes), no: inOne(rule.examples_no) };
}

/** Where a version of a policy stands for ever. */
export function permanentOf(web: Web, { id, version }: Pick<Policy, 'id' | 'version'>): string {
	return `${web.context.current.library().accountability_origin}/policies/${id}/${version}`;
}

function security({ context }: Web, { response }: Visit): void {
	const text = securityTxt({
		contacts: context.current.contacts(),
		languages: context.current.library().languages,
		canonical: `${context.origin}/.well-known/security.txt`,
		page: `${context.origin}/about`,
		now: context.clock.now(),
	});
	response.set('cache-control', 'public, max-age=86400').type('text/plain; charset=utf-8').send(text);
}

function neighborhood(web: Web, visit: Visit): void {
	const neighbors = web.context.book.trust().neighborsOf(web.context.origin);
	const rosters = web.context.book.rosters().map((roster) => ({
		name: roster.name,
		version: roster.version,
		url: roster.url,
		issued: roster.issued,
		expires: roster.expires,
		charter: { title: roster.charter.title, paragraphs: roster.charter.text.split(/\n{2,}/) },
		members: roster.members.map((member) => ({
			spine: spineOf(web, member.origin),
			name: member.name,
			library: member.library,
			since: member.consent.since,
			here: member.origin === web.context.origin,
			mutual: neighbors.has(member.origin),
		})),
		count: roster.members.length,
		...deliberatingView(web, visit, roster),
	}));
	show(
		web,
		visit,
		'neighborhood',
		{ title: say(web, visit, 'neighborhood.title'), sign: 'neighborhood', path: '/neighborhood' },
		{ rosters, door: doorView(web, visit) },
	);
}
