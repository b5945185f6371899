import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { somebodyBy } from '../../services/following.ts';
import { appeal, LONGEST_APPEAL } from '../../services/hosting/appealing.ts';
import { answer } from '../../services/hosting/considering.ts';
import { ownCase } from '../../services/hosting/making-public.ts';
import { mayRelease } from '../../services/hosting/releasing.ts';
import { stateOf } from '../../services/hosting/standing-release.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { partsOf } from '../../services/restricting/together.ts';
import { type DecisionRow, decisionById } from '../../store/decisions.ts';
import { matterById } from '../../store/matters.ts';
import { type ActNotice, markRead, type Notice, noticeGroups } from '../../store/notices.ts';
import { type Post, postById } from '../../store/posts.ts';
import { toldOf } from '../../store/prepared-records.ts';
import { proposalById } from '../../store/proposals.ts';
import { releasesOf } from '../../store/releases.ts';
import { ladderView } from '../appeal-view.ts';
import { localAuthor, remoteAuthor } from '../author-view.ts';
import { decisionView, headingOf } from '../decision-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { findingView } from '../finding-view.ts';
import { say, show } from '../frame.ts';
import { noticeOfDecision } from '../notice-of-decision.ts';
import { outcomeView } from '../outcome-view.ts';
import { postHref } from '../post-view.ts';
import { sayOfServers } from '../server-view.ts';
import { asked, field, goTo, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What somebody should know, and why a host acted on something of theirs. */
export const NOTICE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/notices', need: 'porch', run: list },
	{
		method: 'get',
		path: '/notices/:id',
		need: 'porch',
		run: (web, visit) => showOne(web, visit, '', NO_FAULTS),
	},
	{ method: 'post', path: '/notices/:id/appeal', need: 'porch', run: sendAppeal },
	{ method: 'post', path: '/notices/:id/answer', need: 'porch', run: sendAnswer },
];

/** How many groups a page shows, how many names a line says, and how many it lists below. */
const SHOWN = 40;
const NAMED = 2;
const LISTED = 300;

function list(web: Web, visit: Visit): void {
	const person = personOf(visit);
	const { store, clock } = web.context;
	const before = parseId(asked(visit, 'before')) ?? undefined;
	const reader = readerFor(web.context, person);
	const [groups, notices] = store.read((reading) => {
		const found = noticeGroups(reading, person.id, SHOWN, before);
		return [found, found.flatMap((group) => groupView(web, visit, reader, group.notices) ?? [])];
	});
	show(
		web,
		visit,
		'notices',
		{ title: say(web, visit, 'notices.title'), sign: 'notices', path: '/notices' },
		{
			notices,
			older: groups.length === SHOWN ? `/notices?before=${groups.at(-1)!.newest}` : null,
			door: doorView(web, visit),
		},
	);
	// Of what stands on this page alone: what is on older ones is still new.
	const unread = groups.flatMap((group) => group.notices.filter(({ read }) => read === null));
	if (unread.length > 0) {
		const ids = unread.map(({ id }) => id);
		store.transact((writing) => markRead(writing, person.id, ids, clock.now()));
	}
}

/** What several people did alike, as one line with all of them below it. Null when what it is about is not to be read any more. */
function groupView(web: Web, visit: Visit, reader: ReturnType<typeof readerFor>, notices: readonly Notice[]) {
	const [newest] = notices;
	if (!newest) return null;
	const fresh = notices.some(({ read }) => read === null);
	const at = { at: newest.created, fresh, people: [], more: null };
	if (newest.decision !== null) {
		const decision = caseOf(web, visit, newest);
		return { ...at, decision, text: null, href: decision.href, link: true };
	}
	if (newest.matter != null) {
		const matter = web.context.store.read((reading) => matterById(reading, newest.matter!))!;
		const text = outcomeView(web, visit, matter).heading;
		return { ...at, decision: null, text, href: `/reports/${matter.id}`, link: true };
	}
	if (newest.proposal != null) return serverView(web, visit, newest, fresh);
	if (newest.kind.startsWith('office_')) {
		const text = say(web, visit, `notices.${newest.kind}`);
		return { ...at, decision: null, text, href: '/you/office', link: visit.porch === null };
	}
	if (newest.kind === 'parents_yes' || newest.kind === 'parents_no') {
		const text = say(web, visit, `notices.${newest.kind}`);
		return { ...at, decision: null, text, href: '/you', link: visit.porch === null };
	}
	if (newest.kind === 'member_suspended') {
		const text = suspensionText(web, visit, newest);
		return { ...at, decision: null, text, href: '/neighborhood', link: true };
	}
	const post =
		newest.post === null ? undefined : web.context.store.read((reading) => postById(reading, newest.post!));
	if (newest.post !== null && (!post || !mayRead(web.context, post, reader))) return null;
	if (newest.kind === 'quorum' && post) {
		const text = say(web, visit, 'notices.quorum');
		return { ...at, decision: null, text, href: postHref(web, visit, post), link: visit.porch === null };
	}
	const people = notices.flatMap((notice) => personView(web, visit, notice) ?? []);
	const [first] = people;
	if (!first) return null;
	const listed = people.length > 1 ? people.slice(0, LISTED) : [];
	return {
		...at,
		decision: null,
		link: visit.porch === null,
		text: say(web, visit, `notices.${newest.kind}`, {
			name: namesOf(web, visit, people),
			count: people.length,
		}),
		href: hrefOf(web, visit, newest, post, people.length > 1 ? '/you/followers' : first.href),
		people: listed,
		more: people.length > LISTED ? say(web, visit, 'notices.more', { count: people.length - LISTED }) : null,
	};
}

/** Somebody is asked about another server, or told what was decided. */
function serverView(web: Web, visit: Visit, notice: Notice, fresh: boolean) {
	const { proposal: id, created: at, kind } = notice;
	const proposal = web.context.store.read((reading) => proposalById(reading, id!));
	if (!proposal) return null;
	const nobody = { decision: null, people: [], more: null };
	const { together } = proposal;
	if (kind === 'server_asked' && together !== null) {
		const person = personOf(visit);
		const count = web.context.store.read((reading) => partsOf(reading, together, person)).length;
		const text = sayOfServers(web, visit, 'notice.servers_asked', { count });
		if (count > 1) return { ...nobody, at, fresh, text, href: `/asked/together/${together}`, link: true };
	}
	const said = proposal.wants === 'follow_list' && kind === 'server_decided' ? 'list_decided' : kind;
	const text = sayOfServers(web, visit, `notice.${said}`, { host: proposal.host });
	return { ...nobody, at, fresh, text, href: `/asked/${proposal.id}`, link: true };
}

/** A member of the neighborhood, or this branch, is nobody's neighbor for a while. */
function suspensionText(web: Web, visit: Visit, { actor }: Notice): string {
	const { origin, host } = new URL(actor!);
	const whose = origin === web.context.origin ? 'own_suspended' : 'member_suspended';
	return sayOfServers(web, visit, `notice.${whose}`, { host });
}

function personView(web: Web, visit: Visit, notice: Notice) {
	const who = notice.actor === null ? null : somebodyBy(web.context, notice.actor);
	if (!who) return null;
	const { name, shown, href, spine } =
		who.kind === 'here' ? localAuthor(web, who.person.id) : remoteAuthor(web, visit, who.remote);
	return { name, shown, href, spine, at: notice.created, fresh: notice.read === null };
}

/** "Ana and 4 others", the newest first. */
function namesOf(web: Web, visit: Visit, people: readonly { readonly name: string }[]): string {
	const names = people.slice(0, people.length > NAMED ? 1 : NAMED).map(({ name }) => name);
	const others = people.length - names.length;
	if (others > 0) names.push(web.views.design.t(visit.language, 'acts.others', { count: others }));
	return new Intl.ListFormat(visit.language, { type: 'conjunction' }).format(names);
}

function hrefOf(web: Web, visit: Visit, notice: Notice, post: Post | undefined, author: string): string {
	if (notice.kind === 'follow_request') return '/you/followers';
	if (notice.kind === 'quote_request') return '/you/quotes';
	return post ? postHref(web, visit, post) : author;
}

function showOne(web: Web, visit: Visit, words: string, faults: FaultViews): void {
	const notice = noticeIn(web, visit);
	const view = caseOf(web, visit, notice);
	const { store, clock, current } = web.context;
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'removed',
		{
			title: view.heading,
			sign: 'notices',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: view.href }),
		},
		{
			...view,
			door: doorView(web, visit),
			library: current.library().name,
			finding: findingView(web, notice.decision!),
			draws: `${current.library().accountability_origin}/audits`,
			partner: current.branch().appeal_partner,
			longest: LONGEST_APPEAL,
			words,
			faults,
		},
	);
	// From now on their time to appeal runs.
	if (notice.read !== null) return;
	store.transact((writing) => markRead(writing, notice.person, [notice.id], clock.now()));
}

function sendAppeal(web: Web, visit: Visit): void {
	const notice = noticeIn(web, visit);
	const words = field(visit, 'words');
	try {
		appeal(web.context, personOf(visit), notice.decision!, words);
		goTo(visit, `/notices/${notice.id}#appeal`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showOne(web, visit, words, faultViews(web, visit, error, { count: LONGEST_APPEAL }));
	}
}

function sendAnswer(web: Web, visit: Visit): void {
	const notice = noticeIn(web, visit);
	const said = field(visit, 'answer');
	try {
		answer(web.context, personOf(visit), notice.decision!, said);
		goTo(visit, `/notices/${notice.id}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showOne(web, visit, said, faultViews(web, visit, error, { count: LONGEST_APPEAL }));
	}
}

/** What somebody reads first of what came after a decision. */
const HEADINGS = {
	reversal: 'back',
	appeal_outcome: 'answered',
	audited: 'audited',
	limit_over: 'limit_over',
	suspension_over: 'suspension_over',
	office_answered: 'office_answered',
	record_told: 'record_told',
	record_given: 'record_given',
	record_taken_back: 'record_taken_back',
} as const satisfies Record<Exclude<ActNotice, 'decision'>, string>;

/** The notice of a decision that the path names. */
function noticeIn(web: Web, visit: Visit): Notice {
	return noticeOfDecision(web, visit).notice;
}

/** Why a host acted: the rule with its version, the facts, how to appeal (reference/accountability.md 3.4). */
function caseOf(web: Web, visit: Visit, notice: Notice) {
	const decision = web.context.store.read((reading) => decisionById(reading, notice.decision!));
	if (!decision) throw new NotFound();
	const view = decisionView(web, visit, decision, 'own');
	const href = `/notices/${notice.id}`;
	return {
		...view,
		notice: notice.id,
		href,
		heading:
			notice.kind === 'decision'
				? headingOf(web, visit, decision)
				: say(web, visit, `removed.${HEADINGS[notice.kind as keyof typeof HEADINGS]}`),
		ladder: ladderView(web, visit, decision),
		post: view.post && { ...view.post, href },
		public: publicView(web, visit, decision),
		release: releaseOf(web, visit, decision),
		records: web.context.store.read((reading) => toldOf(reading, decision.id)).length > 0,
	};
}

/** Whether an office can read it now; null where they may let none, and never did. */
function releaseOf(web: Web, visit: Visit, decision: DecisionRow): { open: boolean } | null {
	const [may, releases] = web.context.store.read((reading) => [
		mayRelease(reading, personOf(visit), decision),
		releasesOf(reading, decision.id),
	]);
	if (!may && releases.length === 0) return null;
	return { open: releases.some((row) => stateOf(web.context, row) === 'open') };
}

/** Whether they may make it public, or did; null for children and where nothing is left to show. */
function publicView(web: Web, visit: Visit, decision: DecisionRow): { made: boolean; back: boolean } | null {
	const found = web.context.store.read((reading) => ownCase(web.context, reading, personOf(visit), decision));
	const { made } = found ?? {};
	return found && { made: made !== undefined && made.taken_back === null, back: made?.taken_back != null };
}
