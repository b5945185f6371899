import { newestBegun } from '@understory/core/policy-versions.ts';
import { isWithin, type Period } from '@understory/core/quarters.ts';
import { ACTIONS, type Action } from '@understory/core/rule.ts';
import type { Entry, FederationAction, TotalsEntry } from '@understory/core/statement.ts';
import type { Library } from '../registers.ts';
import type { AuditDraw } from '../store/audit-draws.ts';
import type { Act } from './act.ts';
import { type AppealFigures, appealFigures } from './appeal-figures.ts';
import { type AuditFigures, auditFigures } from './audits.ts';
import type { Statement } from './statement.ts';

/** One line of a table of counts. */
export interface Count<K extends string = string> {
	readonly key: K;
	readonly count: number;
}

/** The figures of a stretch of time, all counted from published entries and from nothing else. */
export interface CouncilFigures {
	readonly decisions: number;
	/** Branches that decided something. */
	readonly branches: number;
	/** Every rule in force, those without a decision too, then rules that were used and are no longer in force. */
	readonly byRule: readonly { readonly policy: string; readonly id: string; readonly count: number }[];
	readonly byGround: readonly Count<Entry['ground']>[];
	readonly byAction: readonly Count<Action>[];
	readonly byScope: readonly Count<Entry['scope']>[];
	readonly bySource: readonly Count<Entry['source']>[];
	readonly byHours: readonly Count<Entry['received_to_decided_hours']>[];
	readonly withinDay: number;
	readonly reversals: number;
	readonly corrections: number;
	readonly redactions: number;
	readonly appeals: AppealFigures;
	readonly audits: AuditFigures;
	readonly flaggedByMachine: number;
	/** Of the decisions, those without an end. */
	readonly withoutEnd: number;
	readonly notTold: number;
	readonly serversLetIn: number;
	readonly serversRefused: number;
	/** Decisions that keep a server away, however far. */
	readonly serversKeptAway: number;
	/** Versions of rules that came into force at a branch. */
	readonly rules: number;
	/** As branches summed them up; null where no month of the time was summed up. */
	readonly reportsReceived: number | null;
	readonly reportsClosed: number | null;
}

/** Below this many decisions no shares are drawn and no branches compared: the page says so instead. */
export const FEW = 20;

const SCOPES = ['branch', 'neighborhood', 'public', 'federated_in'] as const;
const SOURCES = ['patron_report', 'remote_report', 'staff', 'legal_order', 'official_request'] as const;
const HOURS = ['<=4', '<=24', '<=72', '<=168', '>168'] as const;
const GROUNDS = ['rule', 'law'] as const;

/** Everything a library published that is shown. */
export interface Published {
	readonly statements: readonly Statement[];
	readonly acts: readonly Act[];
	/** Which decisions were drawn to be read again. */
	readonly draws: readonly AuditDraw[];
}

/** Counts what was decided in a stretch of time; `today` (YYYY-MM-DD) tells which rules are in force. */
export function councilFigures(
	library: Library,
	period: Period,
	{ statements, acts, draws }: Published,
	today: string,
): CouncilFigures {
	const entries = statements
		.map(({ entry }) => entry)
		.filter(({ decided_on }) => isWithin(decided_on, period));
	const decisions = entries.filter(({ kind }) => kind === 'decision');
	const kinds = (kind: Entry['kind']): number => entries.filter((entry) => entry.kind === kind).length;
	const done = acts.map(({ entry }) => entry).filter(({ decided_on }) => isWithin(decided_on, period));
	const answers = (action: FederationAction): number =>
		done.filter((entry) => entry.kind === 'federation' && entry.action === action).length;
	const months = acts
		.flatMap(({ entry }) => (entry.kind === 'period_totals' ? [entry] : []))
		.filter(({ month }) => isWithin(`${month}-01`, period));
	const all = <K extends string>(keys: readonly K[], of: (entry: Entry) => readonly K[]) =>
		count(keys, decisions.flatMap(of));
	return {
		decisions: decisions.length,
		branches: new Set(decisions.map(({ branch }) => branch)).size,
		byRule: rules(library, decisions, today),
		byGround: all(GROUNDS, ({ ground }) => [ground]),
		byAction: all(ACTIONS, ({ action }) => action),
		byScope: all(SCOPES, ({ scope }) => [scope]),
		bySource: all(SOURCES, ({ source }) => [source]),
		byHours: all(HOURS, (entry) => [entry.received_to_decided_hours]),
		withinDay: decisions.filter((entry) => ['<=4', '<=24'].includes(entry.received_to_decided_hours)).length,
		reversals: kinds('reversal'),
		corrections: kinds('correction'),
		redactions: kinds('redaction'),
		appeals: appealFigures(acts, period),
		audits: auditFigures(draws, acts, period),
		flaggedByMachine: decisions.filter(({ automated_detection }) => automated_detection).length,
		withoutEnd: decisions.filter(({ until, action }) => until === null && action.some(lasts)).length,
		notTold: decisions.filter(({ notice_sent }) => notice_sent !== 'yes').length,
		serversLetIn: answers('let_in'),
		serversRefused: answers('refused'),
		serversKeptAway: KEPT_AWAY.map(answers).reduce((sum, count) => sum + count, 0),
		rules: done.filter(({ kind }) => kind === 'policy').length,
		reportsReceived: summed(months, 'reports_received'),
		reportsClosed: summed(months, 'reports_closed'),
	};
}

const KEPT_AWAY: readonly FederationAction[] = ['media_refused', 'silenced', 'limited', 'suspended'];

/** Does it go on until somebody ends it? Removing a post does not; limiting an account does. */
function lasts(action: Action): boolean {
	return action === 'account_limited' || action === 'account_suspended' || action === 'reach_limited';
}

function summed(months: readonly TotalsEntry[], field: 'reports_received' | 'reports_closed'): number | null {
	return months.length === 0 ? null : months.reduce((sum, { totals }) => sum + totals[field], 0);
}

function count<K extends string>(keys: readonly K[], values: readonly K[]): Count<K>[] {
	return keys.map((key) => ({ key, count: values.filter((value) => value === key).length }));
}

function rules(library: Library, decisions: readonly Entry[], today: string): CouncilFigures['byRule'] {
	const name = (policy: string, id: string): string => `${policy}/${id}`;
	const counts = new Map<string, { policy: string; id: string; count: number }>();
	for (const policy of newestBegun(library.register.policies, today)) {
		for (const { id } of policy.rules) counts.set(name(policy.id, id), { policy: policy.id, id, count: 0 });
	}
	for (const { rule } of decisions) {
		const known = counts.get(name(rule.policy, rule.id)) ?? { policy: rule.policy, id: rule.id, count: 0 };
		counts.set(name(rule.policy, rule.id), { ...known, count: known.count + 1 });
	}
	return [...counts.values()];
}
