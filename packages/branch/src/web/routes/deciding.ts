import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { ACTS, type Act, ENDED, LONGEST_SUSPENSION } from '../../services/hosting/acts.ts';
import {
	actsUnder,
	decide,
	type Prepared,
	personForHost,
	postForHost,
	prepare,
	type Ruling,
	rulesHere,
	wasSuspended,
} from '../../services/hosting/deciding.ts';
import { BLANK, LONGEST_FACTS } from '../../services/hosting/facts.ts';
import { matterFor } from '../../services/hosting/settling.ts';
import { type Person, personByHandle, personById } from '../../store/people.ts';
import type { Post } from '../../store/posts.ts';
import { previewOf } from '../decision-preview.ts';
import { bare } from '../decision-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { say, show } from '../frame.ts';
import { postView } from '../post-view.ts';
import { placesOf } from '../space-view.ts';
import { field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { examplesOf, inLanguage } from './about.ts';

/** Deciding about a post, or about somebody as such: what the rule allows, and before it is done what both sides will read. */
export const DECIDING_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/posts/:id/decide', need: 'host', run: look },
	{ method: 'post', path: '/staff/posts/:id/decide', need: 'host', run: act },
	{ method: 'get', path: '/staff/people/:handle/decide', need: 'host', run: look },
	{ method: 'post', path: '/staff/people/:handle/decide', need: 'host', run: act },
];

/** What a decision is about. */
interface About {
	readonly post: Post | null;
	/** Whoever wrote it, or is meant as such; null when they have no account here. */
	readonly person: Person | null;
	readonly name: string;
	readonly action: string;
}

/** What a host fills in, as it came. */
export interface Form {
	readonly rule: string;
	readonly facts: string;
	readonly post_act: string;
	readonly person_act: string;
	readonly days: string;
	readonly considers: string;
	/** Where it is moved to. */
	readonly space: string;
	/** Number of the matter this host has before them. */
	readonly matter: string;
}

/** Until somebody chooses otherwise, a post is hidden and nothing happens to its author's account. */
const UNTOUCHED: Form = {
	...{ rule: '', facts: '', post_act: 'content_hidden', person_act: 'none', days: '7', considers: '' },
	...{ matter: '', space: '' },
};
const DAYS = [1, 3, 7, 14, LONGEST_SUSPENSION];

function look(web: Web, visit: Visit): void {
	const about = aboutIn(web, visit);
	const said = { post: about.post?.id ?? null, person: about.person?.id ?? null };
	const open = web.context.store.read((reading) => matterFor(web.context, reading, said));
	showForm(web, visit, about, { ...UNTOUCHED, matter: String(open?.id ?? '') }, NO_FAULTS, null);
}

function act(web: Web, visit: Visit): void {
	const about = aboutIn(web, visit);
	const form = formIn(visit);
	if (field(visit, 'do') === 'begin') {
		const facts = form.facts || beginningFor(web, visit, about, form.rule);
		showForm(web, visit, about, { ...form, facts }, NO_FAULTS, null);
		return;
	}
	const ruling = rulingOf(about, form);
	try {
		if (field(visit, 'do') === 'decide') {
			goTo(visit, `/staff?done=${decide(web.context, staffOf(visit), ruling)}`);
			return;
		}
		showForm(web, visit, about, form, NO_FAULTS, prepare(web.context, visit.staffId, ruling));
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showForm(web, visit, about, form, faultViews(web, visit, error, { count: LONGEST_FACTS }), null);
	}
}

/** Two sentences to begin with, in the words of the rule that was chosen; what only a host knows is left blank, and refused while it is. */
function beginningFor(web: Web, visit: Visit, { post }: About, key: string): string {
	const chosen = rulesHere(web.context).find(({ policy, rule }) => `${policy.id}/${rule.id}` === key);
	const rule = chosen ? inLanguage(chosen.rule.title, visit) : BLANK;
	const words = { rule, blank: BLANK };
	return web.views.design.t(visit.language, `cases.begin.${post ? 'post' : 'person'}`, words);
}

/** What a form asks for, as it is decided. */
export function rulingOf({ post, person }: Pick<About, 'post' | 'person'>, form: Form): Ruling {
	const chosen = [post ? form.post_act : 'none', form.person_act];
	return {
		...{ post: post?.id ?? null, rule: form.rule, facts: form.facts },
		...(post || !person ? {} : { person: person.id }),
		actions: chosen.filter((action) => action !== 'none'),
		...(form.person_act === 'account_limited' ? { days: Number(form.days) } : {}),
		...(form.post_act === 'content_moved' ? { space: form.space } : {}),
		considers: form.considers === '' ? null : Number(form.considers),
		matter: parseId(form.matter),
	};
}

function formIn(visit: Visit): Form {
	const given = (name: keyof Form) => field(visit, name) || UNTOUCHED[name];
	return {
		...{ rule: given('rule'), facts: field(visit, 'facts'), considers: field(visit, 'considers') },
		...{ post_act: given('post_act'), person_act: given('person_act'), days: given('days') },
		...{ matter: field(visit, 'matter'), space: field(visit, 'space') },
	};
}

function aboutIn(web: Web, visit: Visit): About {
	const { store } = web.context;
	const handle = part(visit, 'handle');
	if (handle !== '') {
		const found = store.read((reading) => personByHandle(reading, handle));
		const person = personForHost(web.context, visit.staffId, found?.id ?? 0);
		return { post: null, person, name: person.name, action: `/staff/people/${person.handle}/decide` };
	}
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	const post = postForHost(web.context, visit.staffId, id);
	const person = store.read((reading) => personById(reading, post.person ?? 0)) ?? null;
	const { name } = postView(web, visit, post).author;
	return { post, person, name, action: `/staff/posts/${post.id}/decide` };
}

function showForm(
	web: Web,
	visit: Visit,
	{ post, person, name, action }: About,
	form: Form,
	faults: FaultViews,
	prepared: Prepared | null,
): void {
	const failed = faults.list.length > 0;
	const rules = rulesHere(web.context);
	const again = person !== null && web.context.store.read((reading) => wasSuspended(reading, person.id));
	const chosen = rules.find(({ policy, rule }) => `${policy.id}/${rule.id}` === form.rule);
	const offered = chosen ? actsUnder(chosen.rule) : ACTS.filter(({ afterNotice }) => !afterNotice);
	const places = post ? placesOf(web, visit, post, form.space) : [];
	const offers = (about: Act['about'], value: string) =>
		offered
			.filter((one) => one.about === about && one.action !== 'warning')
			.filter((one) => one.action !== 'content_moved' || places.length > 0)
			.map(({ action }) => offerView(web, visit, action, value));
	show(
		web,
		visit,
		'decide',
		{
			title: say(web, visit, post ? 'decide.title' : 'decide.person', { name }),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed || prepared ? {} : { path: action }),
		},
		{
			...{ action, name, form, faults },
			// Nobody comes upon pictures: they are shown to whoever asks for them.
			post: post && { ...bare(postView(web, visit, post)), sensitive: true },
			seal: post ? `/staff/posts/${post.id}/seal` : null,
			hidden: post !== null && post.hidden !== null,
			here: person !== null,
			forPanel: nameForPanel(web, person),
			longest: LONGEST_FACTS,
			rules: rules.map(({ policy, rule }) => ({
				key: `${policy.id}/${rule.id}`,
				version: rule.version,
				title: inLanguage(rule.title, visit),
				test: inLanguage(rule.test, visit),
				...examplesOf(rule, visit),
				most: say(web, visit, `rules.action.${rule.greatest_first_action}`),
				checked: `${policy.id}/${rule.id}` === form.rule,
			})),
			postActs: post ? [...offers('post', form.post_act), offerView(web, visit, 'none', form.post_act)] : [],
			personActs: person ? [noneView(web, visit, form.person_act), ...offers('person', form.person_act)] : [],
			places: offered.some((one) => one.action === 'content_moved') ? places : [],
			mayLimit: person !== null && offered.some((one) => one.action === 'account_limited'),
			mayConsider: person !== null && offered.some((one) => one.action === 'account_suspended'),
			days: DAYS.map((value) => ({ value, chosen: form.days === String(value) })),
			considers: [...DAYS.slice(1), ...(again ? [ENDED] : [])].map((value) => ({
				...{ value, chosen: form.considers === String(value), ends: value === ENDED },
			})),
			preview: prepared && previewOf(web, visit, prepared),
		},
	);
}

function offerView(web: Web, visit: Visit, action: string, chosen: string) {
	const t = (key: string) => web.views.design.t(visit.language, `hosting.offer.${action}.${key}`);
	return { action, label: t('label'), hint: t('hint'), checked: action === chosen };
}

function noneView(web: Web, visit: Visit, chosen: string) {
	const t = (key: string) => web.views.design.t(visit.language, `hosting.offer.warning.${key}`);
	return { action: 'none', label: t('label'), hint: t('hint'), checked: chosen === 'none' };
}

/** The name under which the library's card sign-in knows the author at this branch and nowhere else, for the library's panel; null for whoever has none here. */
function nameForPanel(web: Web, person: Person | null): string | null {
	return person && /^[a-z2-7]{26}$/.test(person.sub)
		? `${web.context.current.branch().slug}/${person.sub}`
		: null;
}
