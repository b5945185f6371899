import { scopeOf } from '@understory/core/scope.ts';
import { somebodyBy } from '../services/following.ts';
import { noteAccess } from '../services/hosting/access-log.ts';
import { readMatchWords } from '../services/hosting/matching.ts';
import { assigneeOf } from '../services/hosting/matters.ts';
import { isPrivate } from '../services/hosting/subject.ts';
import { paragraphsIn } from '../services/hosting/unsealing.ts';
import { decisionsAbout, reversalOf } from '../store/decisions.ts';
import { type MatterMove, movesOf } from '../store/matter-moves.ts';
import { type Matter, mattersAbout, notesOn, type QueueRow } from '../store/matters.ts';
import { type Post, postById } from '../store/posts.ts';
import { type Report, reportsOf } from '../store/reports.ts';
import { wordsOf } from '../store/search.ts';
import { type AuthorView, localAuthor, nameOf, remoteAuthor } from './author-view.ts';
import { bare, decisionView } from './decision-view.ts';
import { postView } from './post-view.ts';
import { scopeLabel } from './scope-label.ts';
import { staffOf, type Visit } from './visit.ts';
import type { Web } from './web.ts';

/** Letters of a post that a line of the queue shows. */
const EXCERPT = 140;
/** How much of somebody's history stands beside a matter. */
const BEFORE = 10;

/** Somebody by their actor id; null for whoever is not known here any more. */
export function authorBy(web: Web, visit: Visit, actor: string): AuthorView | null {
	const who = somebodyBy(web.context, actor);
	return (
		who && (who.kind === 'here' ? localAuthor(web, who.person.id) : remoteAuthor(web, visit, who.remote))
	);
}

/** A line of the queue. What is between named people shows its words on the page of the matter alone. */
export function queueRowView(web: Web, visit: Visit, row: QueueRow) {
	const { store } = web.context;
	const post = row.post === null ? undefined : store.read((reading) => postById(reading, row.post!));
	const has = assigneeOf(web.context, row);
	return {
		...clockOf(web, visit, row),
		href: `/staff/reports/${row.id}`,
		name: nameOf(web, row.about),
		reports: row.reports,
		scope: post ? { word: scopeOf(post.audience), label: scopeLabel(web, visit, post) } : null,
		excerpt: post && !isPrivate(post) ? excerptOf(post) : null,
		gone: post !== undefined && post.deleted !== null,
		assignee: has === null ? null : { name: staffName(web, has), mine: has === visit.staffId },
		handed: row.handed !== null,
	};
}

/** That a matter went from one to another, in words. */
export function moveView(web: Web, visit: Visit, { what, staff_id, to_staff, at }: MatterMove) {
	const name = staff_id === visit.staffId ? t(web, visit, 'moved.you') : nameAtWork(web, visit, staff_id);
	const to = to_staff === null ? '' : nameAtWork(web, visit, to_staff);
	return { at, said: t(web, visit, `moved.${what}`, { name, to }) };
}

/** A matter with everything a host needs beside it. The caller has asked whether this visitor may. */
export function matterView(web: Web, visit: Visit, matter: Matter) {
	const { store } = web.context;
	return store.read((reading) => {
		const post = matter.post === null ? undefined : postById(reading, matter.post);
		const has = assigneeOf(web.context, matter);
		const person = authorBy(web, visit, matter.about);
		return {
			...clockOf(web, visit, matter),
			id: matter.id,
			person,
			// Nobody comes upon pictures: they are shown to whoever asks for them.
			post: post ? { ...bare(postView(web, visit, post)), sensitive: true } : null,
			seal: sealable(post, matter) ? `/staff/posts/${matter.post}/seal` : null,
			gone: post ? post.deleted !== null : person === null,
			reports: reportsOf(reading, matter.id).map((report) => reportView(web, visit, report)),
			notes: notesOn(reading, matter.id).map(({ id, staff_id, words, created }) => ({
				who: staffName(web, staff_id),
				words: paragraphsIn(web.context, `matter-note:${id}`, words),
				at: created,
			})),
			assignee: has === null ? null : { name: staffName(web, has), mine: has === visit.staffId },
			handed: matter.handed,
			moves: movesOf(reading, matter.id).map((move) => moveView(web, visit, move)),
			closed: endingView(web, visit, matter),
			before: historyView(web, visit, matter),
			decide: decideHref(web, matter, post),
		};
	});
}

/** Can it be sealed from here? What is between few people only while its report is open: after that it is theirs alone again. */
function sealable(post: Post | undefined, { closed }: Matter): boolean {
	if (!post || post.deleted !== null || post.hidden !== null) return false;
	return closed === null || !isPrivate(post);
}

/** What it is about and by when it is to be answered. */
function clockOf(web: Web, visit: Visit, { concern, due, opened, closed }: Matter) {
	return {
		concern: t(web, visit, `concern.${concern}.short`),
		...{ due, opened },
		late: closed === null && due < web.context.clock.now(),
	};
}

function reportView(web: Web, visit: Visit, { actor, source, words, created }: Report) {
	return {
		by: actor === null ? null : authorBy(web, visit, actor),
		source: t(web, visit, `source.${source}`),
		words: source === 'list' ? matchSaid(web, visit, words) : words,
		at: created,
	};
}

/** Which list a picture is on, and what the list says that it is. */
function matchSaid(web: Web, visit: Visit, words: string): string {
	const match = readMatchWords(words);
	if (!match) return words;
	const what = web.views.design.t(visit.language, `nights.kind.${match.kind}.label`);
	const key = match.source === '' ? 'matched' : 'matched_from';
	return t(web, visit, key, { list: match.list, what, source: match.source });
}

/** How it ended; null while it is open. */
function endingView(web: Web, visit: Visit, matter: Matter) {
	if (matter.closed === null) return null;
	return {
		at: matter.closed,
		outcome: t(web, visit, `outcome.${matter.outcome}.staff`),
		by: matter.staff_id === null ? null : staffName(web, matter.staff_id),
		decision: matter.decision && `/staff/decisions/${matter.decision}`,
		reason: reasonOf(web, matter),
	};
}

/** What those who reported it are told besides the outcome. */
export function reasonOf({ context }: Web, { id, reason }: Matter): string | null {
	return reason === null ? null : context.keyring.unseal(`matter:${id}`, reason);
}

/** What was decided and reported about the same person before. */
function historyView(web: Web, visit: Visit, { id, about }: Matter) {
	const who = somebodyBy(web.context, about);
	return web.context.store.read((reading) => {
		const whose = who && (who.kind === 'here' ? { person: who.person.id } : { remote: who.remote.id });
		const decisions = whose ? decisionsAbout(reading, whose, BEFORE) : [];
		return {
			decisions: decisions.map((row) => {
				const { done, rule } = decisionView(web, visit, row);
				const reversed = reversalOf(reading, row.id) !== undefined;
				return { href: `/staff/decisions/${row.id}`, done, rule: rule.title, at: row.created, reversed };
			}),
			matters: mattersAbout(reading, about, { except: id, limit: BEFORE }).map((other) => ({
				href: `/staff/reports/${other.id}`,
				...clockOf(web, visit, other),
				outcome: t(web, visit, other.outcome ? `outcome.${other.outcome}.staff` : 'open'),
			})),
		};
	});
}

/** Where to decide about it; null when no act of a branch reaches what it is about. */
function decideHref(web: Web, matter: Matter, post: Post | undefined): string | null {
	if (matter.closed !== null) return null;
	if (matter.post !== null) return post?.deleted === null ? `/staff/posts/${matter.post}/decide` : null;
	const who = somebodyBy(web.context, matter.about);
	return who?.kind === 'here' ? `/staff/people/${who.person.handle}/decide` : null;
}

function excerptOf(post: Post): string {
	const text = wordsOf(post);
	return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
}

/** What somebody of the staff is called at work; a dash when they have left. */
function staffName({ context }: Web, staffId: string): string {
	return context.current.nameOf(staffId) ?? '—';
}

function t(web: Web, visit: Visit, key: string, values?: Readonly<Record<string, unknown>>): string {
	return web.views.design.t(visit.language, `reports.${key}`, values);
}

/** The same for what was done before: also when the role is over, and with the library of whoever is here in a shared team. */
function nameAtWork(web: Web, visit: Visit, staffId: string): string {
	const grant = (web.context.current.register()?.grants ?? []).findLast((one) => one.staff_id === staffId);
	if (!grant) return web.views.design.t(visit.language, 'cases.access.left');
	return grant.team?.from ? `${grant.name} (${grant.team.from})` : grant.name;
}

/** What is between few people is shown to the staff only with a trace of who looked. */
export function noteMatter({ context }: Web, visit: Visit, { id, post: number }: Matter): void {
	const post = number === null ? undefined : context.store.read((reading) => postById(reading, number));
	if (!post || !isPrivate(post)) return;
	noteAccess(context, { staff_id: staffOf(visit), what: 'report', why: 'work', decision: String(id) });
}
