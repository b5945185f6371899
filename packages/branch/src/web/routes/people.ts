import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { QUOTE_POLICIES, toQuotePolicy } from '@understory/core/quote.ts';
import type { Scope } from '@understory/core/scope.ts';
import { trustedHtml } from '@understory/design/safe-html.ts';
import { isYoung } from '../../services/audiences.ts';
import { type FieldForm, MOST_FIELDS, shownFields } from '../../services/fields.ts';
import {
	actorOf,
	findSomebody,
	follow,
	type Somebody,
	somebodyBy,
	unfollow,
} from '../../services/following.ts';
import { greetingChoice } from '../../services/greeting.ts';
import { isListed } from '../../services/listed.ts';
import { movedTo } from '../../services/moving.ts';
import { shownLabel } from '../../services/office-labels.ts';
import { changeProfile } from '../../services/profile.ts';
import { policyOf } from '../../services/quote-rules.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { actsBy } from '../../store/acts.ts';
import { fieldsOf } from '../../store/fields.ts';
import { findFollow } from '../../store/follows.ts';
import { type Person, personByHandle } from '../../store/people.ts';
import { postById } from '../../store/posts.ts';
import { findRelation } from '../../store/relations.ts';
import { remoteByAddress } from '../../store/remote-actors.ts';
import { localAuthor, remoteAuthor } from '../author-view.ts';
import { scopeChoices } from '../composer.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { say, show } from '../frame.ts';
import { postViews } from '../post-view.ts';
import { asked, field, goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { readable } from './boards.ts';

/** People: their pages, finding somebody elsewhere, following. */
export const PEOPLE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/find', need: 'person', run: find },
	{ method: 'get', path: '/you', need: 'person', run: (web, visit) => showYou(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/you', need: 'person', run: saveYou },
	{ method: 'post', path: '/follows', need: 'person', run: begin },
	{ method: 'post', path: '/follows/end', need: 'person', run: end },
	{ method: 'get', path: '/@:handle', need: 'nobody', run: profile },
];

async function find(web: Web, visit: Visit): Promise<void> {
	const address = asked(visit, 'address').trim();
	let faults = NO_FAULTS;
	if (address !== '') {
		try {
			const somebody = await findSomebody(web.context, address);
			return goTo(visit, addressOf(web, visit, somebody).href);
		} catch (error) {
			faults = findFaults(web, visit, error);
		}
	}
	show(
		web,
		visit,
		'find',
		{ title: say(web, visit, 'find.title'), status: faults.list.length > 0 ? 422 : 200 },
		{ address, faults },
	);
}

/** What looking for somebody by their address came to, in words. */
export function findFaults(web: Web, visit: Visit, error: unknown): FaultViews {
	if (error instanceof BadInput) return faultViews(web, visit, error);
	const code = (error as { code?: unknown }).code;
	const words = web.views.design.words.entries(visit.language);
	if (typeof code !== 'string' || !words.has(`branch.find.${code}`)) throw error;
	const text = say(web, visit, `find.${code}`);
	return { list: [{ field: 'address', text }], by: { address: text } };
}

function begin(web: Web, visit: Visit): void {
	const somebody = somebodyBy(web.context, field(visit, 'actor'));
	if (!somebody) throw new NotFound();
	follow(web.context, personOf(visit), somebody);
	goTo(visit, addressOf(web, visit, somebody).href);
}

function end(web: Web, visit: Visit): void {
	const somebody = somebodyBy(web.context, field(visit, 'actor'));
	if (!somebody) throw new NotFound();
	unfollow(web.context, personOf(visit), actorOf(web.context, somebody));
	goTo(visit, addressOf(web, visit, somebody).href);
}

function profile(web: Web, visit: Visit): void {
	const somebody = knownBy(web, part(visit, 'handle'));
	if (!somebody) throw new NotFound();
	const author = addressOf(web, visit, somebody);
	// People of other servers are shown to our people only: their own page is elsewhere.
	if (somebody.kind === 'elsewhere' && !visit.person) throw new NotFound();
	// Teens are not listed outside the branch (docs/adr/0018).
	if (somebody.kind === 'here' && isYoung(somebody.person) && !visit.person) throw new NotFound();
	if (author.href !== `/@${part(visit, 'handle')}`) {
		goTo(visit, author.href);
		return;
	}
	const actor = actorOf(web.context, somebody);
	const me = visit.person === null ? null : web.context.at.person(visit.person.id);
	const blocks = (one: string, other: string) =>
		web.context.store.read((reading) => findRelation(reading, one, 'block', other)) !== undefined;
	// To whoever they block they look like nobody.
	if (me !== null && blocks(actor, me)) throw new NotFound();
	const blocked = me !== null && blocks(me, actor);
	const before = parseId(asked(visit, 'before'));
	const whose = somebody.kind === 'here' ? { person: somebody.person.id } : { remote: somebody.remote.id };
	const found = readable(web, visit, { ...whose, limit: 60, ...(before ? { before } : {}) });
	const mine = somebody.kind === 'here' && somebody.person.id === visit.person?.id;
	const followed =
		visit.person &&
		web.context.store.read((reading) => findFollow(reading, web.context.at.person(visit.person!.id), actor));
	show(
		web,
		visit,
		'profile',
		{
			title: author.name,
			path: author.href,
			noindex: somebody.kind === 'elsewhere' || !isListed(somebody.person),
			...(somebody.kind === 'here' && !isYoung(somebody.person)
				? { feeds: [{ href: `${author.href}/feed.atom`, type: 'application/atom+xml', title: author.name }] }
				: {}),
		},
		{
			author,
			address: breakable(web, somebody),
			summary: somebody.kind === 'here' ? trustedHtml(somebody.person.summary_html) : null,
			moved: somebody.kind === 'here' ? movedView(web, somebody.person) : null,
			fields: somebody.kind === 'here' ? fieldViews(web, somebody.person.id) : [],
			since: somebody.kind === 'here' ? somebody.person.created : null,
			elsewhere: somebody.kind === 'elsewhere' ? somebody.remote.url : null,
			mine,
			decide:
				somebody.kind === 'here' && !author.official && web.context.current.mayDecide(visit.staffId)
					? `/staff/people/${somebody.person.handle}/decide`
					: null,
			blocked,
			away:
				me !== null && !mine && !author.official && !blocked
					? {
							actor,
							warned: isOfficial(web, visit),
							server: somebody.kind === 'elsewhere' ? somebody.remote.host : null,
						}
					: null,
			report: visit.person || author.official ? null : `/report?page=${encodeURIComponent(author.href)}`,
			follow: visit.person && !mine ? { actor, state: followed?.state ?? null } : null,
			pinned: before ? [] : pinnedBy(web, visit, actor),
			posts: postViews(web, visit, found.posts),
			older: found.more ? `${author.href}?before=${found.posts.at(-1)!.id}` : null,
		},
	);
}

/** Does somebody look who has an official account? Keeping others away from it may be an act of the office (ADR 97). */
function isOfficial({ context }: Web, { person }: Visit): boolean {
	const label = person && context.store.read((reading) => shownLabel(context, reading, person.id));
	return label?.kind === 'official';
}

function movedView(web: Web, person: Person) {
	const remote = movedTo(web.context, person);
	return remote && { href: remote.url ?? remote.uri, address: `@${remote.handle}@${remote.host}` };
}

function fieldViews(web: Web, person: number) {
	const fields = web.context.store.read((reading) => fieldsOf(reading, person));
	return shownFields(fields).map(({ name, html, verified }) => ({ name, html: trustedHtml(html), verified }));
}

/** The posts somebody put first on their page, as far as this visitor may read them. */
function pinnedBy(web: Web, visit: Visit, actor: string) {
	const reader = readerFor(web.context, visit.person);
	const { store } = web.context;
	const posts = store.read((reading) =>
		actsBy(reading, actor, 'pin', 5).map(({ post }) => postById(reading, post)),
	);
	const readable = posts.filter((post) => post !== undefined);
	return postViews(
		web,
		visit,
		readable.filter((post) => mayRead(web.context, post, reader)),
	);
}

/** Somebody we know already; a page never makes us ask another server. */
function knownBy(web: Web, name: string): Somebody | null {
	const [handle = '', host] = name.split('@');
	return web.context.store.read((reading): Somebody | null => {
		if (host === undefined) {
			const person = personByHandle(reading, handle);
			return person ? { kind: 'here', person } : null;
		}
		const remote = remoteByAddress(reading, handle, host.toLowerCase());
		return remote ? { kind: 'elsewhere', remote } : null;
	});
}

function addressOf(web: Web, visit: Visit, somebody: Somebody) {
	return somebody.kind === 'here'
		? localAuthor(web, somebody.person.id, visit.language)
		: remoteAuthor(web, visit, somebody.remote);
}

/** An address in pieces between which a narrow page may break the line. */
function breakable(web: Web, somebody: Somebody): string[] {
	const [handle, host] =
		somebody.kind === 'here'
			? [somebody.person.handle, new URL(web.context.origin).host]
			: [somebody.remote.handle, somebody.remote.host];
	return `@${handle}@${host}`.split(/(?<=.)(?=[@.:])/);
}

function showYou(web: Web, visit: Visit, faults: FaultViews): void {
	const person = personOf(visit);
	const failed = faults.list.length > 0;
	const form = failed
		? {
				name: field(visit, 'name'),
				summary: field(visit, 'summary'),
				scope: field(visit, 'scope'),
				asksFirst: field(visit, 'asks_first') === 'yes',
				listed: field(visit, 'listed') === 'yes',
				quotes: toQuotePolicy(field(visit, 'quotes')),
				fields: fieldsIn(visit),
			}
		: {
				name: person.name,
				summary: person.summary_source,
				scope: person.default_scope,
				asksFirst: person.asks_first === 1,
				listed: person.listed === 1,
				quotes: policyOf(person),
				fields: web.context.store.read((reading) => fieldsOf(reading, person.id)),
			};
	show(
		web,
		visit,
		'you',
		{ title: say(web, visit, 'you.title'), status: failed ? 422 : 200, ...(failed ? {} : { path: '/you' }) },
		{
			form,
			lines: Array.from({ length: MOST_FIELDS }, (_, n) => ({
				n: n + 1,
				name: form.fields[n]?.name ?? '',
				value: form.fields[n]?.value ?? '',
				fault: faults.by[`field_${n + 1}`] ?? null,
			})),
			linkBack: `<a rel="me" href="${web.context.at.profile(person.handle)}">`,
			faults,
			handle: person.handle,
			young: isYoung(person),
			greeting: greetingView(web, person),
			scopes: scopeChoices(web, visit, form.scope as Scope),
			quotes: QUOTE_POLICIES.filter((word) => word !== 'everyone' || !isYoung(person)).map((word) => ({
				word,
				label: web.views.design.t(visit.language, `quotes.policy.${word}`),
				hint: web.views.design.t(visit.language, `quotes.policy_hint.${word}`),
				checked: word === form.quotes,
			})),
		},
	);
}

/** Whether somebody may say hello to them, as long as that is open. */
function greetingView({ context }: Web, person: Person) {
	const choice = greetingChoice(context, person);
	return choice && { yes: choice === 'yes' };
}

function fieldsIn(visit: Visit): FieldForm[] {
	return Array.from({ length: MOST_FIELDS }, (_, n) => ({
		name: field(visit, `field_${n + 1}`),
		value: field(visit, `value_${n + 1}`),
	}));
}

function saveYou(web: Web, visit: Visit): void {
	const person = personOf(visit);
	try {
		changeProfile(web.context, person, {
			name: field(visit, 'name'),
			summary: field(visit, 'summary'),
			scope: field(visit, 'scope'),
			asksFirst: field(visit, 'asks_first') === 'yes',
			listed: field(visit, 'listed') === 'yes',
			...(field(visit, 'quotes') === '' ? {} : { quotes: field(visit, 'quotes') }),
			language: visit.language,
			fields: fieldsIn(visit),
		});
	} catch (error) {
		showYou(web, visit, faultViews(web, visit, error));
		return;
	}
	goTo(visit, `/@${person.handle}`);
}
