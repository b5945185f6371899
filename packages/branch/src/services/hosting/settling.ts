import { Conflict, NotAllowed } from '@understory/core/errors.ts';
import type { Entry } from '@understory/core/statement.ts';
import type { BranchContext } from '../../context.ts';
import type { DecisionRow } from '../../store/decisions.ts';
import {
	changeMatter,
	type Matter,
	type MatterOutcome,
	matterById,
	matterOfDecision,
	openMatter,
} from '../../store/matters.ts';
import { addNotice } from '../../store/notices.ts';
import { personById } from '../../store/people.ts';
import { closeReports, type Report, type ReportSource, reportsOf } from '../../store/reports.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { spentBy } from './time-spent.ts';

/** How a matter ends. */
export interface Ending {
	readonly staffId: string;
	readonly outcome: MatterOutcome;
	/** The decision that ends it; null when nothing is done. */
	readonly decision: string | null;
	/** What those who reported it are told, sealed; null when the outcome alone says it. */
	readonly reason: string | null;
}

/**
 * Ends an open matter and tells whoever reported it; the caller's transaction. Throws Conflict `matter_closed` when another host was quicker, NotAllowed `own_matter`
 * for whoever it is about.
 */
export function settle(
	context: BranchContext,
	writing: Writing,
	matter: Matter,
	{ staffId, ...ending }: Ending,
): void {
	if (isAbout(context, writing, matter, staffId)) {
		throw new NotAllowed('Somebody else decides what is about you.', 'own_matter');
	}
	const spent = matter.spent + spentBy(matter, context.clock.now());
	if (!end(context, writing, matter.id, { ...ending, spent, staff_id: staffId })) throw closedAlready();
}

/** Somebody is gone for good, and with them what was open about them as such. What was open about their posts stays with the hosts. */
export function settleWhenGone(context: BranchContext, writing: Writing, actor: string): void {
	const matter = openMatter(writing, { post: null, about: actor });
	if (matter) end(context, writing, matter.id, { outcome: 'gone' });
}

function end(
	context: BranchContext,
	writing: Writing,
	matter: number,
	changes: Parameters<typeof changeMatter>[2],
): boolean {
	const closed = context.clock.now();
	if (changeMatter(writing, matter, { ...changes, closed }) === 0) return false;
	closeReports(writing, matter, closed);
	tellReporters(context, writing, matter);
	return true;
}

/** What is open about the post or the person of an act, which the act would end; undefined when nobody had reported it. */
export function matterFor(
	context: Pick<BranchContext, 'at'>,
	reading: Reading,
	{ post, person }: Pick<DecisionRow, 'post' | 'person'>,
): Matter | undefined {
	if (post !== null) return openMatter(reading, { post, about: '' });
	return person === null ? undefined : openMatter(reading, { post, about: context.at.person(person) });
}

/** How an act began, as the log says it. */
export interface Beginning {
	readonly source: Entry['source'];
	/** Since when it had been waiting; null for what a host came upon, which had not. */
	readonly at: number | null;
	/** What of a machine's brought it to the hosts: a phrase they look for, or a list that a picture of it is on. Null: nothing did. */
	readonly detected: 'filter' | 'list' | null;
}

/** How an act that ends this matter began; one without a matter began with a host who came upon it. */
export function beginningOf(reading: Reading, matter: Matter | undefined): Beginning {
	if (!matter) return { source: 'staff', at: null, detected: null };
	const sources = reportsOf(reading, matter.id).map(({ source }) => source);
	return { source: sourceOf(sources), at: matter.opened, detected: detectedIn(sources) };
}

/** What of a machine's brought what this decision ended; null when nothing did, or when that is not known any more. */
export function detectedBefore(reading: Reading, decision: string): Beginning['detected'] {
	return beginningOf(reading, matterOfDecision(reading, decision)).detected;
}

function detectedIn(sources: readonly ReportSource[]): Beginning['detected'] {
	return (['list', 'filter'] as const).find((source) => sources.includes(source)) ?? null;
}

/** Throws Conflict `matter_closed` when what a host had before them is closed by now. */
export function expectOpen(reading: Reading, matter: number): void {
	if (matterById(reading, matter)?.closed !== null) throw closedAlready();
}

/** From whom a matter came, as the log says it: a court's order or an office's wish before everything else, then whoever was first of those who can say something. */
function sourceOf(sources: readonly ReportSource[]): Entry['source'] {
	const loud = (['legal_order', 'official_request'] as const).find((source) => sources.includes(source));
	const first = sources.find((source) => source !== 'filter' && source !== 'list') ?? 'staff';
	return loud ?? (first === 'visitor' ? 'patron_report' : first);
}

/** A decision that ended a matter does not hold any more: whoever reported it reads so. */
export function tellOfReversal(context: BranchContext, writing: Writing, decision: string): void {
	const matter = matterOfDecision(writing, decision);
	if (matter) tellReporters(context, writing, matter.id);
}

/** Is it about this member of the staff, by the account that they have here? */
export function isAbout(
	{ at }: Pick<BranchContext, 'at'>,
	reading: Reading,
	{ about }: Matter,
	staffId: string,
): boolean {
	return personById(reading, at.personIn(about) ?? 0)?.staff_id === staffId;
}

/** Those with an account here get a notice; whoever has none asks with their receipt; no word of ActivityPub answers a Flag, so that is only logged. */
function tellReporters(context: BranchContext, writing: Writing, matter: number): void {
	const created = context.clock.now();
	const reports = reportsOf(writing, matter);
	for (const person of reports.flatMap((report) => reporterOf(context, writing, report) ?? [])) {
		const nothing = { post: null, actor: null, decision: null, read: null };
		addNotice(writing, {
			...nothing,
			id: context.ids.next(),
			person,
			kind: 'report_outcome',
			matter,
			created,
		});
	}
	const elsewhere = reports.filter(({ source }) => source === 'remote_report').length;
	if (elsewhere > 0) writing.afterwards(() => context.log.info('flags_settled', { count: elsewhere }));
}

function reporterOf(context: BranchContext, reading: Reading, { actor }: Report): number | null {
	const id = actor === null ? null : context.at.personIn(actor);
	return id !== null && personById(reading, id) ? id : null;
}

function closedAlready(): Conflict {
	return new Conflict('Another host decided this a moment ago.', 'matter_closed');
}
