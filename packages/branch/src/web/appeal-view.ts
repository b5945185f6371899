import { hearersAt, ladderOf } from '../services/hosting/ladder.ts';
import { paragraphsIn } from '../services/hosting/unsealing.ts';
import type { AppealRow } from '../store/appeals.ts';
import type { DecisionRow } from '../store/decisions.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** One step somebody took, and what came of it. */
export interface AppealView {
	readonly id: string;
	readonly step: number;
	readonly at: number;
	/** By paragraphs. */
	readonly words: readonly string[];
	readonly due: number;
	/** Is what was taken down there again until somebody has decided? */
	readonly lifted: boolean;
	/** Was it taken on paper? */
	readonly onPaper: boolean;
	readonly answer: {
		readonly won: boolean;
		readonly at: number;
		readonly reason: string;
		readonly statement: string;
	} | null;
}

/** Where the person a decision is about stands with it. */
export interface LadderView {
	readonly steps: readonly AppealView[];
	readonly pending: AppealView | null;
	/** What they can do, until when, and who would decide; null when nothing is left here. */
	readonly next: { readonly until: number; readonly who: string } | null;
	/** Was every step taken, or time for the next one left unused? */
	readonly over: boolean;
}

/** An appeal, unsealed. The caller has asked whether this visitor may. */
export function appealView(web: Web, appeal: AppealRow): AppealView {
	const { keyring, current } = web.context;
	const { id, step, filed, due, outcome } = appeal;
	return {
		...{ id, step, at: filed, due: noonOf(due), lifted: appeal.meanwhile === 'lifted' },
		onPaper: appeal.taken_by !== null,
		words: paragraphsIn(web.context, `appeal:${id}`, appeal.words),
		answer:
			outcome === null
				? null
				: {
						won: outcome === 'overturned',
						at: appeal.decided!,
						reason: keyring.unseal(`appeal-answer:${id}`, appeal.reason!),
						statement: `${current.library().accountability_origin}/statements/${appeal.outcome_id}`,
					},
	};
}

/** For the person themselves, who reads of it now. */
export function ladderView(web: Web, visit: Visit, decision: DecisionRow): LadderView {
	const { context } = web;
	const ladder = context.store.read((reading) => ladderOf(context, reading, decision, { reads: true }));
	const steps = ladder.appeals.map((appeal) => appealView(web, appeal));
	const { next } = ladder;
	return {
		steps,
		pending: steps.find(({ answer }) => answer === null) ?? null,
		next: next && { until: noonOf(next.until), who: whoDecides(web, visit, decision, ladder.appeals) },
		over: next === null && ladder.pending === null,
	};
}

/** Who will read everything again, in words. */
function whoDecides(web: Web, visit: Visit, decision: DecisionRow, appeals: readonly AppealRow[]): string {
	const { current } = web.context;
	const all = [...hearersAt(web.context, decision, appeals, appeals.length + 1).values()];
	const t = (key: string, values: Readonly<Record<string, unknown>> = {}) =>
		web.views.design.t(visit.language, `hosting.appeal.who.${key}`, values);
	if (all.includes('host')) return t('host');
	const library = current.library().name;
	if (all.includes('moderation_team')) return t('team', { library });
	const partner = current.branch().appeal_partner;
	return partner === null ? t('library', { library }) : t('partner', { partner });
}

/** Noon, so that the date is the same in every zone. */
function noonOf(day: string): number {
	return Date.parse(`${day}T12:00:00Z`);
}
