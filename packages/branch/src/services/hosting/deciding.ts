import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, Conflict, type Fault, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { type Action, type Policy, type Rule, strengthOf } from '@understory/core/rule.ts';
import { type Entry, hoursBucket } from '@understory/core/statement.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { BranchContext } from '../../context.ts';
import { addDecision, type DecisionRow, decisionsAbout, reversalOf } from '../../store/decisions.ts';
import { mediaOf } from '../../store/media.ts';
import { type Person, personById } from '../../store/people.ts';
import { type Post, postById } from '../../store/posts.ts';
import { addSpaceMove } from '../../store/spaces.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { cleanText } from '../plain-text.ts';
import { decidedBy, record } from '../recording.ts';
import { placeNamed, placesFor } from '../spaces.ts';
import { ACTS, type Act, actOf, ENDED, impose, LONGEST_SUSPENSION, subjectOf } from './acts.ts';
import { appealUntil } from './appeal-clock.ts';
import { factsFaults } from './facts.ts';
import { type Beginning, beginningOf, expectOpen, matterFor, settle } from './settling.ts';
import { contentTypes, isPrivate, namesOf, publicScope, textOf } from './subject.ts';
import { tellOfAct } from './telling.ts';

/** What a host puts down about a post, or about somebody as such. */
export interface Ruling {
	readonly post: number | null;
	/** Whom it is about when it is about no post. */
	readonly person?: number;
	/** `<policy>/<rule>`. */
	readonly rule: string;
	readonly facts: string;
	/** What is to be done; nothing means that the person is warned. */
	readonly actions: readonly string[];
	/** For how many days, for what ends by itself. */
	readonly days?: number;
	/** So many days of suspension are considered, and the person can answer first. */
	readonly considers?: number | null;
	/** Where a post is moved to: the number of a space, or `main`. */
	readonly space?: string;
	/** The matter a host had before them; when it is closed by now, somebody else was quicker. */
	readonly matter?: number | null;
}

/** A ruling that was checked, with all it would say; nothing has been done yet. */
export interface Prepared {
	readonly post: Post | null;
	readonly policy: Policy;
	readonly rule: Rule;
	readonly facts: string;
	readonly actions: readonly Action[];
	/** UTC milliseconds; null for what has no end. */
	readonly until: number | null;
	readonly considers: number | null;
	/** From which space to which, for a post that is moved; null in it is the main board. */
	readonly move: { readonly was: number | null; readonly now: number | null } | null;
	/** YYYY-MM-DD in the library's zone, at the outside. */
	readonly appealUntil: string;
	readonly decidedOn: string;
	/** What the log says of the post's reach. */
	readonly scope: Entry['scope'];
	/** Is there an account here to tell? */
	readonly author: number | null;
	readonly matter: number | null;
	/** What was posted, so that its author can show later that this is what was decided about (docs/adr/0095); null where nobody may. */
	readonly text: string | null;
}

const DAY = 24 * 60 * 60_000;

/** Every rule in force here, each with its policy. */
export function rulesHere(context: BranchContext): { policy: Policy; rule: Rule }[] {
	return context.current.policies().flatMap((policy) => policy.rules.map((rule) => ({ policy, rule })));
}

/** What hosts can do under a rule the first time: nothing stronger than it says (DESIGN 4.8). */
export function actsUnder({ greatest_first_action }: Rule): readonly Act[] {
	return ACTS.filter(
		({ action, afterNotice }) => !afterNotice && strengthOf(action) <= strengthOf(greatest_first_action),
	);
}

/** A post as a host may look at it, in any scope people here can read; NotFound when it is none. */
export function postForHost(context: BranchContext, staffId: string | null, id: number): Post {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only a host of this branch decides about posts.', 'not_a_host');
	}
	const post = context.store.read((reading) => postById(reading, id));
	// What is between named people is not for hosts to look at without a report from one of them.
	if (!post || post.deleted !== null || (isPrivate(post) && !isReported(context, post))) throw new NotFound();
	return post;
}

function isReported(context: BranchContext, post: Post): boolean {
	return (
		context.store.read((reading) => matterFor(context, reading, { post: post.id, person: null })) !==
		undefined
	);
}

/** Somebody of this branch as a host may decide about them; NotFound when it is nobody. */
export function personForHost(context: BranchContext, staffId: string | null, id: number): Person {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only a host of this branch decides about people.', 'not_a_host');
	}
	const person = context.store.read((reading) => personById(reading, id));
	if (person?.kind !== 'person') throw new NotFound();
	return person;
}

/**
 * Checks a ruling and says what it would do: nothing is written. Throws BadInput with fault codes (`rule_unknown`, `act_unknown`, `act_too_strong`,
 * `act_two`, `act_no_media`, `act_space`, `act_elsewhere`, `act_days`, and those of `facts.ts`), NotAllowed, NotFound, or Conflict `already_hidden`.
 */
export function prepare(context: BranchContext, staffId: string | null, ruling: Ruling): Prepared {
	const post = ruling.post === null ? null : postForHost(context, staffId, ruling.post);
	const person = post ? null : personForHost(context, staffId, ruling.person ?? 0);
	if (post && post.hidden !== null) throw alreadyHidden();
	const author = post ? post.person : person!.id;
	const chosen = rulesHere(context).find(({ policy, rule }) => `${policy.id}/${rule.id}` === ruling.rule);
	const faults = context.store.read((reading) => {
		const names = post ? namesOf(reading, post) : { ...person!, text: '' };
		const acts = chosen ? actFaults(reading, chosen.rule, ruling, { post, author }) : [];
		return [...acts, ...factsFaults(ruling.facts, names)];
	});
	if (!chosen) faults.unshift({ field: 'rule', text: 'rule_unknown' });
	if (!chosen || faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
	const { zone } = context.current.library();
	const now = context.clock.now();
	const actions = ruling.actions.length > 0 ? ruling.actions.map((action) => actOf(action)!.action) : WARNED;
	const ending = actions.map((action) => actOf(action)!).find(({ days }) => days !== null);
	const days = ending && Math.min(ruling.days ?? 1, ending.days!);
	return {
		...chosen,
		...{ post, author, actions, considers: ruling.considers || null, matter: ruling.matter ?? null },
		move: moveIn(context, post, ruling),
		facts: cleanText(ruling.facts),
		text: post && post.person !== null && !isPrivate(post) ? textOf(post) : null,
		until: days === undefined ? null : now + days * DAY,
		appealUntil: appealUntil(zone, now, null),
		decidedOn: dateIn(zone, now),
		scope: post ? publicScope(post) : 'branch',
	};
}

/** What is moved from where to where, for a ruling that was held to it. */
function moveIn(context: BranchContext, post: Post | null, ruling: Ruling): Prepared['move'] {
	if (!post || !ruling.actions.includes('content_moved')) return null;
	const now = context.store.read((reading) => placeNamed(reading, ruling.space ?? '')) ?? null;
	return { was: post.space ?? null, now };
}

/** Does a ruling name a place that a post can be moved to? */
function movesWell(reading: Reading, post: Post | null, { space = '' }: Ruling): boolean {
	const to = space === '' ? undefined : placeNamed(reading, space);
	return (
		post !== null && to !== undefined && placesFor(reading, post).some((place) => (place?.id ?? null) === to)
	);
}

const WARNED: readonly Action[] = ['warning'];

/** What cannot be done so: under this rule, to this post, to this person. */
function actFaults(
	reading: Reading,
	rule: Rule,
	ruling: Ruling,
	{ post, author }: { readonly post: Post | null; readonly author: number | null },
): Fault[] {
	const fault = (text: string): Fault[] => [{ field: 'act', text }];
	const acts = ruling.actions.flatMap((action) => actOf(action) ?? []).filter((act) => !act.afterNotice);
	if (acts.length < ruling.actions.length) return fault('act_unknown');
	for (const about of ['post', 'person'] as const) {
		if (acts.filter((act) => act.about === about).length > 1) return fault('act_two');
	}
	const allowed = actsUnder(rule);
	if (acts.some((act) => !allowed.includes(act))) return fault('act_too_strong');
	if (!post && acts.some(({ about }) => about === 'post')) return fault('act_unknown');
	if (author === null && acts.some(({ about }) => about === 'person')) return fault('act_elsewhere');
	// A post of another server has nobody here to warn, so a decision about it does something to it.
	if (author === null && acts.length === 0) return fault('act_elsewhere');
	if (acts.some(({ action }) => action === 'media_marked_sensitive')) {
		const shows = post && !post.sensitive && mediaOf(reading, post.id).length > 0;
		if (!shows) return fault('act_no_media');
	}
	if (acts.some(({ action }) => action === 'content_moved') && !movesWell(reading, post, ruling))
		return fault('act_space');
	const longest = acts.find(({ days }) => days !== null)?.days ?? null;
	const days = ruling.days ?? 1;
	if (longest !== null && !(Number.isInteger(days) && days >= 1 && days <= longest)) return fault('act_days');
	const considers = ruling.considers ?? null;
	if (considers === null) return [];
	const ends = considers === ENDED && author !== null && wasSuspended(reading, author);
	if (!ends && !(Number.isInteger(considers) && considers >= 2 && considers <= LONGEST_SUSPENSION))
		return fault('act_days');
	return author !== null && allowed.some(({ action }) => action === 'account_suspended')
		? []
		: fault('act_too_strong');
}

/** Was somebody suspended before, and was that not taken back? Nobody's account is ended the first time. */
export function wasSuspended(reading: Reading, person: number): boolean {
	return decisionsAbout(reading, { person }, LOOKED_BACK).some(
		({ id, actions }) => actions.includes('account_suspended') && !reversalOf(reading, id),
	);
}

/** So many decisions about one person are looked at, the newest first. */
const LOOKED_BACK = 200;

/**
 * Decides. One transaction: what is done, the case, the author's notice, the recall of copies, and the signed entry in
 * the outbox (DESIGN 4.9); a process killed in the middle has done all of it or nothing. Returns the id of the statement.
 */
export function decide(context: BranchContext, staffId: string, ruling: Ruling): string {
	const prepared = prepare(context, staffId, ruling);
	return context.store.transact((writing) => decideIn(context, writing, staffId, prepared));
}

/** The same within a transaction, for what was held to the rule and the facts. `follows`: the decision that considered it. */
export function decideIn(
	context: BranchContext,
	writing: Writing,
	staffId: string,
	prepared: Prepared,
	follows: string | null = null,
): string {
	const { post, policy, rule, actions, author } = prepared;
	if (prepared.matter !== null) expectOpen(writing, prepared.matter);
	const takesDown = actions.some((action) => actOf(action)?.takesDown);
	if (post && takesDown && postById(writing, post.id)?.hidden !== null) throw alreadyHidden();
	const id = context.ids.random();
	const decision: DecisionRow = {
		...{ id, post: post?.id ?? null, person: author, rule: rule.id, rule_version: rule.version },
		...{ policy: policy.id, policy_version: policy.version, actions, staff_id: staffId, follows },
		facts: context.keyring.seal(`decision:${id}`, prepared.facts),
		appeal_until: prepared.appealUntil,
		created: context.clock.now(),
		until: prepared.until,
		considers: prepared.considers,
	};
	addDecision(writing, decision);
	if (post && prepared.move) addSpaceMove(writing, { decision: id, post: post.id, ...prepared.move });
	impose(context, writing, actions, subjectOf(decision));
	tellOfAct(context, writing, { kind: 'decision', decision: id, person: author, post: decision.post });
	const matter = matterFor(context, writing, decision);
	const began = beginningOf(writing, matter);
	if (matter) settle(context, writing, matter, { staffId, outcome: 'acted', decision: id, reason: null });
	recordDecision(context, writing, id, staffId, { ...prepared, follows, began });
	return id;
}

function alreadyHidden(): Conflict {
	return new Conflict('This post is hidden already.', 'already_hidden');
}

function recordDecision(
	context: BranchContext,
	writing: Writing,
	id: string,
	staffId: string,
	prepared: Prepared & { readonly follows: string | null; readonly began: Beginning },
): void {
	const { zone } = context.current.library();
	const now = context.clock.now();
	const { source, at, detected } = prepared.began;
	record(context, writing, {
		id,
		kind: 'decision',
		action: prepared.actions,
		until: prepared.until === null ? null : dateIn(zone, prepared.until),
		ground: 'rule',
		rule: {
			id: prepared.rule.id,
			version: prepared.rule.version,
			policy: prepared.policy.id,
			policy_sha256: digestDocument(prepared.policy),
		},
		scope: prepared.scope,
		content_type: prepared.post ? contentTypes(prepared.post) : ['account'],
		content_month: dateIn(zone, prepared.post?.created ?? now).slice(0, 7),
		received_to_decided_hours: hoursBucket(at === null ? 0 : now - at),
		source,
		automated_detection: detected !== null,
		automated_decision: 'none',
		notice_sent: prepared.author === null ? 'no_account' : 'yes',
		appeal: { open_until: prepared.appealUntil },
		decided_by: decidedBy(context, writing, staffId),
		refs: prepared.follows === null ? [] : [prepared.follows],
		texts: { facts: prepared.facts },
		withheld: { text: prepared.text },
	});
}
