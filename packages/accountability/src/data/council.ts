import { newestBegun } from '@understory/core/policy-versions.ts';
import { ACTIONS, type Action } from '@understory/core/rule.ts';
import type { Entry } from '@understory/core/statement.ts';
import type { Library } from '../registers.ts';
import type { Statement } from './statement.ts';

/** One line of a table of counts. */
export interface Count<K extends string = string> {
	readonly key: K;
	readonly count: number;
}

/** The figures of the council's page, all counted from published entries and from nothing else. */
export interface CouncilFigures {
	readonly year: number;
	readonly decisions: number;
	/** Branches that decided something. */
	readonly branches: number;
	/** Every rule in force, those without a decision too, then rules that were used and are no longer in force. */
	readonly byRule: readonly { readonly policy: string; readonly id: string; readonly count: number }[];
	readonly byAction: readonly Count<Action>[];
	readonly byScope: readonly Count<Entry['scope']>[];
	readonly bySource: readonly Count<Entry['source']>[];
	readonly byHours: readonly Count<Entry['received_to_decided_hours']>[];
	readonly reversals: number;
	readonly corrections: number;
	readonly redactions: number;
	readonly flaggedByMachine: number;
	/** Of the decisions, those without an end. */
	readonly withoutEnd: number;
	readonly notTold: number;
}

/** Below this many decisions no shares are drawn and no branches compared: the page says so instead. */
export const FEW = 20;

const SCOPES = ['branch', 'neighborhood', 'public', 'federated_in'] as const;
const SOURCES = ['patron_report', 'remote_report', 'staff', 'legal_order', 'official_request'] as const;
const HOURS = ['<=4', '<=24', '<=72', '<=168', '>168'] as const;

/** Counts the statements of a year; `today` (YYYY-MM-DD) tells which rules are in force. */
export function councilFigures(
	library: Library,
	year: number,
	statements: readonly Statement[],
	today: string,
): CouncilFigures {
	const entries = statements.filter(({ row }) => row.log_year === year).map(({ entry }) => entry);
	const decisions = entries.filter(({ kind }) => kind === 'decision');
	const kinds = (kind: Entry['kind']): number => entries.filter((entry) => entry.kind === kind).length;
	const actions = count(
		ACTIONS,
		decisions.flatMap(({ action }) => action),
	);
	return {
		year,
		decisions: decisions.length,
		branches: new Set(decisions.map(({ branch }) => branch)).size,
		byRule: rules(library, decisions, today),
		byAction: actions.filter(({ count }) => count > 0),
		byScope: count(
			SCOPES,
			decisions.map(({ scope }) => scope),
		),
		bySource: count(
			SOURCES,
			decisions.map(({ source }) => source),
		),
		byHours: count(
			HOURS,
			decisions.map(({ received_to_decided_hours }) => received_to_decided_hours),
		),
		reversals: kinds('reversal'),
		corrections: kinds('correction'),
		redactions: kinds('redaction'),
		flaggedByMachine: decisions.filter(({ automated_detection }) => automated_detection).length,
		withoutEnd: decisions.filter(({ until, action }) => until === null && action.some(lasts)).length,
		notTold: decisions.filter(({ notice_sent }) => notice_sent !== 'yes').length,
	};
}

/** Does it go on until somebody ends it? Removing a post does not; limiting an account does. */
function lasts(action: Action): boolean {
	return action === 'account_limited' || action === 'account_suspended' || action === 'reach_limited';
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
