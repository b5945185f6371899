import { BadInput, NotFound } from '@understory/core/errors.ts';
import { wordsOf } from '../../services/restricting/answering.ts';
import { ANSWER_DAYS } from '../../services/restricting/asking.ts';
import { checkedHost } from '../../services/restricting/host-name.ts';
import { levelNamed, strength } from '../../services/restricting/levels.ts';
import { lookAtList } from '../../services/restricting/look-at-list.ts';
import { type Preview, previewOf } from '../../services/restricting/previewing.ts';
import { actAtOnce, EMERGENCY_DAYS, propose } from '../../services/restricting/proposing.ts';
import { fault, LONGEST_REASON } from '../../services/restricting/reason.ts';
import { REVIEW_DAYS } from '../../services/restricting/review.ts';
import { decideProposal, isAnotherHost, isRipe, relax } from '../../services/restricting/settling.ts';
import { personById } from '../../store/people.ts';
import {
	ANSWERS,
	type Asked,
	askedOf,
	asksNobodyByName,
	type Proposal,
	proposalById,
} from '../../store/proposals.ts';
import { restrictionOf } from '../../store/restrictions.ts';
import { localAuthor } from '../author-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import {
	addressOfList,
	boardHref,
	concernedViews,
	dayChoices,
	LEVEL_NAMES,
	levelChoices,
	listedViews,
	restrictionView,
	sayOfServers,
	statementHref,
	touchesInWords,
	wishInWords,
} from '../server-view.ts';
import { asked, field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Keeping another server away, or no more: the people it touches are asked first (reference/fediverse.md 6.6). */
export const RESTRICTING_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/servers/propose', need: 'host', run: look },
	{ method: 'post', path: '/staff/servers/propose', need: 'host', run: send },
	{ method: 'post', path: '/staff/servers/limit', need: 'host', run: limitNow },
	{ method: 'post', path: '/staff/servers/relax', need: 'host', run: loosen },
	{ method: 'get', path: '/staff/servers/preview.json', need: 'host', run: previewJson },
	{
		method: 'get',
		path: '/staff/proposals/:id',
		need: 'host',
		run: (web, visit) => showOne(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/proposals/:id', need: 'host', run: decide },
];

/** So many of those it touches are listed one by one, without a name. */
const LISTED = 20;

function look(web: Web, visit: Visit): void {
	const typed = asked(visit, 'host');
	try {
		showForm(web, visit, checkedHost(web.context.origin, typed), NO_FAULTS);
	} catch (error) {
		showFaulty(web, visit, '', error);
	}
}

async function send(web: Web, visit: Visit): Promise<void> {
	const t = (language: string, key: string, values: object) =>
		web.views.design.t(language, `servers.${key}`, { ...values });
	const host = field(visit, 'host');
	const announcement = (voice: { readonly language: string }, page: string) =>
		t(voice.language, 'announcement', { host, page });
	try {
		const id = await propose(web.context, staffOf(visit), {
			...{ host, wants: field(visit, 'wants'), reason: field(visit, 'reason') },
			days: Number(field(visit, 'days')),
			announcement: field(visit, 'discuss') === 'yes' ? announcement : null,
		});
		goTo(visit, `/staff/proposals/${id}`);
	} catch (error) {
		showFaulty(web, visit, host, error);
	}
}

function limitNow(web: Web, visit: Visit): void {
	const wish = { host: field(visit, 'host'), reason: field(visit, 'reason') };
	try {
		goTo(visit, `/staff/proposals/${actAtOnce(web.context, staffOf(visit), wish)}`);
	} catch (error) {
		showFaulty(web, visit, wish.host, error);
	}
}

function loosen(web: Web, visit: Visit): void {
	const host = field(visit, 'host');
	const rest = { level: field(visit, 'level'), reason: field(visit, 'reason'), seen: field(visit, 'seen') };
	try {
		relax(web.context, staffOf(visit), { host, ...rest, days: Number(field(visit, 'days')) });
		goTo(visit, '/staff/servers');
	} catch (error) {
		showFaulty(web, visit, host, error);
	}
}

async function decide(web: Web, visit: Visit): Promise<void> {
	const said = {
		level: field(visit, 'level'),
		reason: field(visit, 'reason'),
		milder: field(visit, 'milder'),
	};
	try {
		const verdict = { ...said, days: Number(field(visit, 'days')), ...(await peopleTold(web, visit)) };
		decideProposal(web.context, staffOf(visit), part(visit, 'id'), verdict);
		goTo(visit, `/staff/proposals/${part(visit, 'id')}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showOne(web, visit, faultViews(web, visit, error, { count: LONGEST_REASON }));
	}
}

/** How many people here a list touches, when hosts tick that the voice says so. Throws BadInput `list_unread` when it cannot be read now: then nothing is said that was not counted. */
async function peopleTold(web: Web, visit: Visit): Promise<{ readonly people?: number }> {
	if (field(visit, 'people') !== 'yes') return {};
	const id = part(visit, 'id');
	const proposal = web.context.store.read((reading) => proposalById(reading, id));
	const address = proposal && addressOfList(proposal);
	if (!address) return {};
	const found = await lookAtList(web.context, staffOf(visit), address);
	if (typeof found === 'string') throw fault('people', 'list_unread');
	return { people: found.people };
}

/** The sums for software of the hosts; no person is named. */
function previewJson(web: Web, visit: Visit): void {
	const host = checkedHost(web.context.origin, asked(visit, 'host'));
	const { touched, sums, neighbor } = web.context.store.read((reading) =>
		previewOf(web.context, reading, host),
	);
	const people = touched.map(({ follows, followers, talks, lists }) => ({
		follows,
		followers,
		talks,
		lists,
	}));
	visit.response.json({ host, neighbor, sums, people });
}

/** The form again, with what was typed; without the preview when the name is what is wrong. */
function showFaulty(web: Web, visit: Visit, typed: string, error: unknown): void {
	const faults = faultViews(web, visit, error, { count: LONGEST_REASON });
	showForm(
		web,
		visit,
		faults.by.host || typed === '' ? null : checkedHost(web.context.origin, typed),
		faults,
	);
}

function showForm(web: Web, visit: Visit, host: string | null, faults: FaultViews): void {
	const { context } = web;
	const { store } = context;
	const failed = faults.list.length > 0;
	const preview = host === null ? null : store.read((reading) => previewOf(context, reading, host));
	const held = host === null ? undefined : store.read((reading) => restrictionOf(reading, host));
	const stronger = LEVEL_NAMES.filter((level) => strength(level) >= strength(held?.level ?? null));
	const weaker = LEVEL_NAMES.filter((level) => strength(level) < strength(held?.level ?? null));
	const wants = field(visit, 'wants') || asked(visit, 'wants') || stronger[0]!;
	const letIn = wants === 'let_in';
	show(
		web,
		visit,
		'server-proposal',
		{
			title: sayOfServers(web, visit, letIn ? 'propose.title_let_in' : 'propose.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed || host === null ? {} : { path: `/staff/servers/propose?host=${encodeURIComponent(host)}` }),
		},
		{
			...{ host, faults, letIn },
			typed: field(visit, 'host') || asked(visit, 'host'),
			reason: field(visit, 'reason'),
			longest: LONGEST_REASON,
			preview: preview && previewView(web, visit, preview),
			listed: host === null ? [] : listedViews(web, visit, host),
			held: held && { ...restrictionView(web, visit, held), decision: held.decision },
			levels: levelChoices(web, visit, wants, stronger),
			weaker: held ? levelChoices(web, visit, 'none', ['none', ...weaker]) : [],
			days: dayChoices(web, visit, ANSWER_DAYS, 7),
			reviews: dayChoices(web, visit, REVIEW_DAYS, 90),
			mayLimit: strength(held?.level ?? null) < strength('limit'),
			emergencyDays: EMERGENCY_DAYS,
		},
	);
}

function previewView(web: Web, visit: Visit, { touched, sums, neighbor }: Preview) {
	const count = (key: keyof typeof sums) => sayOfServers(web, visit, `sum.${key}`, { count: sums[key] });
	return {
		neighbor,
		none: sums.people === 0,
		sums: [
			touchesInWords(web, visit, sums.people),
			...(['follows', 'followers', 'talks', 'lists'] as const).filter((key) => sums[key] > 0).map(count),
		],
		rows: touched.slice(0, LISTED).map((one, at) => ({ ...one, number: at + 1 })),
		more:
			touched.length > LISTED
				? sayOfServers(web, visit, 'propose.more', { count: touched.length - LISTED })
				: null,
	};
}

function showOne(web: Web, visit: Visit, faults: FaultViews): void {
	const { context } = web;
	const id = part(visit, 'id');
	const found = context.store.read((reading) => {
		const proposal = proposalById(reading, id);
		return (
			proposal && {
				proposal,
				preview: previewOf(context, reading, proposal.host),
				all: askedOf(reading, id),
				ripe: isRipe(context, reading, proposal),
				held: restrictionOf(reading, proposal.host),
			}
		);
	});
	if (!found) throw new NotFound();
	const { proposal, preview, all, ripe, held } = found;
	const failed = faults.list.length > 0;
	const vote = proposal.deliberation !== null;
	const level = field(visit, 'level') || (levelNamed(proposal.wants) ?? 'let_in');
	const own = proposal.staff_id === staffOf(visit);
	show(
		web,
		visit,
		'server-answers',
		{
			title: sayOfServers(web, visit, 'answers.title', { host: proposal.host }),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: `/staff/proposals/${id}` }),
		},
		{
			...{ proposal, ripe, faults },
			wish: wishInWords(web, visit, proposal),
			...{ vote, nobodyByName: asksNobodyByName(proposal), address: addressOfList(proposal) },
			letIn: proposal.wants === 'let_in',
			yes: field(visit, 'level') !== 'no',
			people: field(visit, 'people') === 'yes',
			board: boardHref(web, visit, proposal),
			preview: previewView(web, visit, preview),
			listed: listedViews(web, visit, proposal.host),
			held: held && restrictionView(web, visit, held),
			decided:
				proposal.decision !== null
					? statementHref(web, proposal.decision)
					: proposal.decided !== null
						? '/neighborhood'
						: null,
			needsAnother: own && isAnotherHost(context, staffOf(visit)),
			counts: ['none' as const, ...ANSWERS].flatMap((word) => {
				const count = all.filter(({ answer }) => (answer ?? 'none') === word).length;
				return count > 0 ? [sayOfServers(web, visit, `count.${word}`, { count })] : [];
			}),
			answers: all.flatMap((one) => (one.answer === null ? [] : answerView(web, visit, proposal, one))),
			form: { reason: field(visit, 'reason'), milder: field(visit, 'milder') },
			levels: levelChoices(web, visit, level, [
				'none',
				...LEVEL_NAMES.slice(0, strength(levelNamed(proposal.wants))),
			]),
			reviews: dayChoices(web, visit, REVIEW_DAYS, 90),
		},
	);
}

/** Who answered gave their name with it; whom they know there is theirs to show. */
function answerView(web: Web, visit: Visit, proposal: Proposal, one: Asked) {
	const person = web.context.store.read((reading) => personById(reading, one.person));
	return {
		name: localAuthor(web, one.person).name,
		href: localAuthor(web, one.person).href,
		answer: sayOfServers(web, visit, `answer.${one.answer}`),
		words: wordsOf(web.context, one),
		at: one.answered,
		people: person && one.shares === 1 ? concernedViews(web, visit, person, proposal.host) : [],
	};
}
