import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { somebodyBy } from '../../services/following.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { decisionById } from '../../store/decisions.ts';
import { markRead, type Notice, noticeOf, noticesOf } from '../../store/notices.ts';
import { type Post, postById } from '../../store/posts.ts';
import { doorView } from '../door.ts';
import { say, show } from '../frame.ts';
import { localAuthor, postView, remoteAuthor } from '../post-view.ts';
import { part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { inLanguage } from './about.ts';

/** What somebody should know, and why a host acted on something of theirs. */
export const NOTICE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/notices', need: 'person', run: list },
	{ method: 'get', path: '/notices/:id', need: 'person', run: one },
];

const SHOWN = 100;

function list(web: Web, visit: Visit): void {
	const person = personOf(visit);
	const { store, clock } = web.context;
	const notices = store.read((reading) => noticesOf(reading, person.id, SHOWN));
	show(
		web,
		visit,
		'notices',
		{ title: say(web, visit, 'notices.title'), sign: 'notices', path: '/notices' },
		{
			notices: notices.flatMap((notice) => noticeView(web, visit, notice) ?? []),
			door: doorView(web, visit),
		},
	);
	const newest = notices[0];
	if (newest && notices.some((notice) => notice.read === null)) {
		store.transact((writing) => markRead(writing, person.id, newest.id, clock.now()));
	}
}

/** Null when what it is about is not to be read any more. */
function noticeView(web: Web, visit: Visit, notice: Notice) {
	if (notice.decision !== null) {
		const decision = decisionView(web, visit, notice);
		return { at: notice.created, fresh: notice.read === null, decision, text: null, href: decision.href };
	}
	const who = notice.actor === null ? null : somebodyBy(web.context, notice.actor);
	if (!who) return null;
	const author = who.kind === 'here' ? localAuthor(web, who.person.id) : remoteAuthor(web, who.remote);
	const post =
		notice.post === null ? undefined : web.context.store.read((reading) => postById(reading, notice.post!));
	if (notice.post !== null && (!post || !mayRead(web.context, post, readerFor(web.context, visit.person)))) {
		return null;
	}
	return {
		at: notice.created,
		fresh: notice.read === null,
		decision: null,
		text: say(web, visit, `notices.${notice.kind}`, { name: author.name }),
		href: hrefOf(web, visit, notice, post, author.href),
	};
}

function hrefOf(web: Web, visit: Visit, notice: Notice, post: Post | undefined, author: string): string {
	if (notice.kind === 'follow_request') return '/you/followers';
	return post ? postView(web, visit, post).href : author;
}

function one(web: Web, visit: Visit): void {
	const id = parseId(part(visit, 'id'));
	const person = personOf(visit);
	const notice =
		id === null ? undefined : web.context.store.read((reading) => noticeOf(reading, person.id, id));
	if (!notice || notice.decision === null) throw new NotFound();
	const view = decisionView(web, visit, notice);
	show(
		web,
		visit,
		'removed',
		{ title: say(web, visit, 'removed.title'), sign: 'notices', path: view.href },
		{
			...view,
			door: doorView(web, visit),
			appealPartner: web.context.current.branch().appeal_partner,
			library: web.context.current.library().name,
		},
	);
}

/** Why a host acted: the rule with its version, the facts, how to appeal (reference/accountability.md 3.4). */
function decisionView(web: Web, visit: Visit, notice: Notice) {
	const { store, keyring, current } = web.context;
	const decision = store.read((reading) => decisionById(reading, notice.decision!));
	const post = store.read((reading) => postById(reading, notice.post ?? 0));
	if (!decision || !post) throw new NotFound();
	const policy = current
		.register()
		?.policies.find(({ id, version }) => id === decision.policy && version === decision.policy_version);
	const rule = policy?.rules.find(
		({ id, version }) => id === decision.rule && version === decision.rule_version,
	);
	return {
		id: decision.id,
		href: `/notices/${notice.id}`,
		at: decision.created,
		rule: {
			id: decision.rule,
			version: decision.rule_version,
			title: rule ? inLanguage(rule.title, visit) : decision.rule,
			text: rule ? inLanguage(rule.text, visit) : null,
		},
		facts: keyring.unseal(`decision:${decision.id}`, decision.facts),
		// Noon, so that the date is the same in every zone.
		appealUntil: Date.parse(`${decision.appeal_until}T12:00:00Z`),
		statement: `${current.library().accountability_origin}/statements/${decision.id}`,
		post: {
			...postView(web, visit, post),
			href: `/notices/${notice.id}`,
			gone: null,
			canReply: false,
			decide: null,
			takeBack: null,
		},
	};
}
