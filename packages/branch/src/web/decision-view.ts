import { NotFound } from '@understory/core/errors.ts';
import { type Action, strengthOf } from '@understory/core/rule.ts';
import type { Entry } from '@understory/core/statement.ts';
import { actOf } from '../services/hosting/acts.ts';
import { type Considered, consideredIn, mayEnd } from '../services/hosting/considering.ts';
import { keptPost, REMOVED_POST, removedPost } from '../services/hosting/removing.ts';
import { ruleOf } from '../services/hosting/rule-of.ts';
import { type Beginning, detectedBefore } from '../services/hosting/settling.ts';
import { paragraphsIn } from '../services/hosting/unsealing.ts';
import { caseFile, HELD } from '../store/case-files.ts';
import { type DecisionRow, decisionById, reversalOf } from '../store/decisions.ts';
import { entryById } from '../store/entries.ts';
import { type Post, postById } from '../store/posts.ts';
import { quarantinedBy } from '../store/quarantine.ts';
import { spaceMoveBy } from '../store/spaces.ts';
import type { Reading } from '../store/store.ts';
import { type PostView, postView } from './post-view.ts';
import { inLanguage } from './routes/about.ts';
import { movedWords } from './space-view.ts';
import { part, type Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A decision as the person it is about and the hosts read it. */
export interface DecisionView {
	readonly id: string;
	readonly at: number;
	readonly rule: {
		readonly id: string;
		readonly version: number;
		readonly title: string;
		readonly text: string | null;
	};
	readonly facts: string;
	/** Who or what it began with, in words. */
	readonly began: string;
	/** That a person decided, and whether a list of words brought it to them. */
	readonly machine: string;
	/** What was done, from mild to strong, and until when. */
	readonly done: string;
	/** From where to where it moved a post, in words. */
	readonly moved: string | null;
	readonly until: number | null;
	/** Is the account as it was, whatever was done to a post? */
	readonly accountFree: boolean;
	/** A longer suspension that is considered, and what the person says to it. */
	readonly considered: ConsideredView | null;
	/** Its page on the accountability site. */
	readonly statement: string;
	/** Set when it does not hold any more. */
	readonly reversed: { readonly at: number; readonly reason: string; readonly statement: string } | null;
	/** What it is about, shown whole and without anything to press; null when it is about somebody as such, and while it is `sealed`. */
	readonly post: PostView | null;
	/** Was it moved to the file of the case, and has nobody opened that for this page? */
	readonly sealed: boolean;
	/** Was it sealed in an emergency? Then it is on no page of a case, whoever reads. */
	readonly quarantined: boolean;
}

/** A longer suspension that is considered. */
export interface ConsideredView {
	/** In words: what is considered, what the person reads of it before, and the button that does it. */
	readonly title: string;
	readonly preview: string;
	readonly act: string;
	/** May whoever reads this do it, when it is ripe? */
	readonly mayAct: boolean;
	readonly answerUntil: number;
	readonly answer: { readonly words: readonly string[]; readonly at: number } | null;
	/** May the person answer now, and may a host decide now? */
	readonly open: boolean;
	readonly ripe: boolean;
	/** Number of the decision that did it. */
	readonly done: string | null;
}

/** What the person reads first: the strongest thing that was done, and until when. */
export function headingOf(
	web: Web,
	visit: Visit,
	{ actions, until }: { readonly actions: readonly Action[]; readonly until: number | null },
): string {
	const strongest = [...actions].sort((a, b) => strengthOf(b) - strengthOf(a))[0] ?? 'warning';
	const { design, formats } = web.views;
	const { zone } = web.context.current.library();
	const date =
		until === null ? '' : formats(visit.language, { dateStyle: 'long', timeZone: zone }).format(until);
	return design.t(visit.language, `hosting.told.${strongest}`, { date });
}

/**
 * Reads it as it was decided: the rule in its version of then, the post as it is kept. The caller has asked whether this visitor may. What was moved to the file of the
 * case is read by the person it is about (`own`), and by `staff` who said why; these read what a legal hold kept of a post that is gone, too.
 */
export function decisionView(
	web: Web,
	visit: Visit,
	decision: DecisionRow,
	opened: 'no' | 'own' | 'staff' = 'no',
): DecisionView {
	const { store, keyring, current } = web.context;
	const { design } = web.views;
	const site = `${current.library().accountability_origin}/statements/`;
	const [reversal, quarantined, closed] = store.read((reading) => [
		reversalOf(reading, decision.id),
		quarantinedBy(reading, decision.id) !== undefined,
		opened === 'no' && isSealed(reading, decision),
	]);
	const sealed = closed && !quarantined;
	const post =
		closed || quarantined || decision.post === null ? undefined : asItWas(web, decision, opened === 'staff');
	const rule = ruleOf(web.context, decision);
	return {
		id: decision.id,
		at: decision.created,
		rule: {
			id: decision.rule,
			version: decision.rule_version,
			title: rule ? inLanguage(rule.title, visit) : decision.rule,
			text: rule ? inLanguage(rule.text, visit) : null,
		},
		facts: keyring.unseal(`decision:${decision.id}`, decision.facts),
		...beginningView(web, visit, decision),
		done: decision.actions.map((action) => design.t(visit.language, `hosting.act.${action}`)).join(' · '),
		moved: movedBy(web, visit, decision),
		until: decision.until,
		accountFree: !decision.actions.some((action) => actOf(action)?.days),
		considered: consideredView(web, visit, decision),
		statement: `${site}${decision.id}`,
		reversed: reversal
			? {
					at: reversal.created,
					reason: keyring.unseal(`reversal:${reversal.id}`, reversal.reason),
					statement: `${site}${reversal.id}`,
				}
			: null,
		post: post ? { ...bare(postView(web, visit, post)), gone: null } : null,
		sealed,
		quarantined,
	};
}

function movedBy(web: Web, visit: Visit, { id }: DecisionRow): string | null {
	const move = web.context.store.read((reading) => spaceMoveBy(reading, id));
	return move ? movedWords(web, visit, move) : null;
}

/** What a decision began with, as its entry says it: never which of those who can report it was. */
function beginningView(web: Web, visit: Visit, { id }: DecisionRow): { began: string; machine: string } {
	const kept = web.context.store.read((reading) => entryById(reading, id));
	const entry = kept && (JSON.parse(kept.body) as Entry);
	return {
		began: beganWords(web, visit, entry?.source ?? 'staff'),
		machine: machineWords(web, visit, entry?.automated_detection ? detectedWith(web, id) : null),
	};
}

const BROUGHT = { filter: 'cases.watch.brought', list: 'cases.match.brought' } as const;

/** That a person decided, and whether a list of words or of pictures had brought it to them. */
export function machineWords(web: Web, visit: Visit, detected: Beginning['detected']): string {
	return web.views.design.t(visit.language, detected === null ? 'branch.removed.person' : BROUGHT[detected]);
}

function detectedWith({ context }: Web, decision: string): 'filter' | 'list' {
	return context.store.read((reading) => detectedBefore(reading, decision)) ?? 'filter';
}

/** The same in words; whoever told a host, here or elsewhere, is somebody. */
export function beganWords(web: Web, visit: Visit, source: Entry['source']): string {
	const told = source === 'patron_report' || source === 'remote_report';
	return web.views.design.t(visit.language, `reports.began.${told ? 'report' : source}`);
}

/** The post as it is kept, or as it was when it was moved to the file of the case. */
function asItWas(web: Web, decision: DecisionRow, held: boolean): Post | undefined {
	const [post, removed] = web.context.store.read((reading) => [
		postById(reading, decision.post!),
		(held ? keptPost : removedPost)(web.context, reading, decision.id),
	]);
	if (post && post.deleted !== null && !removed) return undefined;
	return post && removed
		? { ...post, ...(removed.columns as Pick<Post, 'content_html' | 'title' | 'summary'>) }
		: post;
}

/** Is what it was about in the file of the case, and nowhere else? */
function isSealed(reading: Reading, { id, post }: DecisionRow): boolean {
	if (caseFile(reading, id, REMOVED_POST) !== undefined) return true;
	const gone = post !== null && postById(reading, post)?.deleted !== null;
	return gone && caseFile(reading, id, `${HELD}${REMOVED_POST}`) !== undefined;
}

/** The decision that the path names. Throws NotFound. */
export function decisionIn(web: Web, visit: Visit): DecisionRow {
	const found = web.context.store.read((reading) => decisionById(reading, part(visit, 'id')));
	if (!found) throw new NotFound();
	return found;
}

/** What is considered, in words: a longer suspension, or the end of the account. */
export function consideredWords(
	web: Web,
	visit: Visit,
	{ days, ends }: Pick<Considered, 'days' | 'ends'>,
): Pick<ConsideredView, 'title' | 'preview' | 'act'> {
	const t = (key: string) =>
		web.views.design.t(visit.language, `hosting.${ends ? 'ending' : 'considered'}.${key}`, { count: days });
	return { title: t('title'), preview: t('preview'), act: t('act') };
}

function consideredView(web: Web, visit: Visit, decision: DecisionRow): ConsideredView | null {
	const { store } = web.context;
	const found = store.read((reading) => consideredIn(web.context, reading, decision, true));
	if (!found) return null;
	const { answerUntil, answer, ripe, ends, done } = found;
	return {
		...{ answerUntil, ripe, done: done?.id ?? null, ...consideredWords(web, visit, found) },
		mayAct: !ends || mayEnd(web.context, visit.staffId, decision),
		answer: answer && {
			at: answer.at,
			words: paragraphsIn(web.context, `answer:${decision.id}`, answer.words),
		},
		open: answer === null && done === null,
	};
}

/** A post to be looked at and not to be acted on. */
export function bare(view: PostView): PostView {
	return {
		...view,
		acts: { buttons: [], said: [], quoted: null, stays: false },
		...{ canReply: false, quoting: null, decide: null, report: null, edit: null, takeBack: null },
	};
}
