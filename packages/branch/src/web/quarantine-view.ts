import { mayAgree, type Sealed, type StepState } from '../services/hosting/quarantining.ts';
import { removedPost } from '../services/hosting/removing.ts';
import { wordsOf } from '../services/hosting/subject.ts';
import { decisionById } from '../store/decisions.ts';
import { postById } from '../store/posts.ts';
import type { Custody } from '../store/quarantine.ts';
import { remoteById } from '../store/remote-actors.ts';
import type { Reading } from '../store/store.ts';
import { type AuthorView, localAuthor, remoteAuthor } from './author-view.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

const MATCHED = 'matched:';

/** A sealed post, described instead of shown. */
export interface Described {
	/** Who wrote it; null for somebody who is gone. */
	readonly author: AuthorView | null;
	readonly at: number;
	readonly letters: number;
	/** Pictures, sound and video. */
	readonly media: number;
}

/** Describes what a case keeps sealed; null when it was destroyed. */
export function described(web: Web, visit: Visit, reading: Reading, decision: string): Described | null {
	const post = postById(reading, decisionById(reading, decision)?.post ?? 0);
	const kept = removedPost(web.context, reading, decision);
	if (!post || !kept) return null;
	const remote = post.remote === null ? undefined : remoteById(reading, post.remote);
	return {
		author: remote ? remoteAuthor(web, visit, remote) : localAuthor(web, post.person ?? 0),
		at: post.created,
		letters: wordsOf(kept.columns).length,
		media: kept.rows.media.length,
	};
}

/** The runbook of a case, in words. */
export function stepViews(web: Web, visit: Visit, steps: readonly StepState[]) {
	const now = web.context.clock.now();
	return steps.map(({ name, due, done }) => ({
		...{ name, due, done: done && { at: done.at, who: nameOf(web, visit, done.staff_id) } },
		label: t(web, visit, `step.${name}.label`),
		how: t(web, visit, `step.${name}.how`),
		late: done === null && due < now,
	}));
}

/** Who had it in hands, in words. */
export function custodyViews(web: Web, visit: Visit, custody: readonly Custody[]) {
	return custody.map(({ at, what, staff_id, digest }) => ({
		at,
		what: custodyWords(web, visit, what),
		who: what.startsWith(MATCHED) ? t(web, visit, 'custody.machine') : nameOf(web, visit, staff_id),
		digest: digest.slice('sha256:'.length, 'sha256:'.length + 12),
	}));
}

function custodyWords(web: Web, visit: Visit, what: string): string {
	if (what.startsWith(MATCHED)) return t(web, visit, 'custody.matched', { list: what.slice(MATCHED.length) });
	return what.startsWith('done:')
		? t(web, visit, `step.${what.slice('done:'.length)}.label`)
		: t(web, visit, `custody.${what}`);
}

/** How a member of the staff is called here, also one who has no role any more. */
export function nameOf(web: Web, visit: Visit, staffId: string | null): string {
	if (staffId === null) return t(web, visit, 'custody.nobody');
	const grants = web.context.current.register()?.grants ?? [];
	const name = grants.find(({ staff_id }) => staff_id === staffId)?.name;
	return name ?? web.views.design.t(visit.language, 'cases.access.left');
}

/** What this member of the staff may do about opening it. */
export function openingView(web: Web, visit: Visit, { asked, open, row }: Sealed) {
	const mine = open !== null && open.staff_id === visit.staffId;
	return {
		asked: asked && { who: nameOf(web, visit, asked.staff_id), own: asked.staff_id === visit.staffId },
		open: open && { mine, until: open.until, who: nameOf(web, visit, open.staff_id) },
		words: mine && row.kind !== 'child_abuse',
		second: open === null ? secondView(web, visit, asked?.staff_id ?? visit.staffId) : null,
	};
}

/** Who outside may agree where nobody here can, or whom to ask where nobody can at all; null where somebody here can. */
function secondView(web: Web, visit: Visit, asker: string | null): string | null {
	const { current } = web.context;
	const all = [...mayAgree(web.context, { staff_id: asker }).values()];
	if (all.includes('here')) return null;
	const named = current.branch().appeal_partner;
	const library = current.library().name;
	if (all.length > 0) return t(web, visit, 'open.outside', { library });
	return named === null
		? t(web, visit, 'open.nobody', { library })
		: t(web, visit, 'open.nobody_named', { library, partner: named });
}

function t(web: Web, visit: Visit, key: string, values?: Readonly<Record<string, unknown>>): string {
	return web.views.design.t(visit.language, `nights.${key}`, values);
}
