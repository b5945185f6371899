import type { Act } from '../data/act.ts';
import type { Statement } from '../data/statement.ts';
import type { Unsealed } from '../data/unsealed.ts';
import { actLine } from './act-page.ts';
import type { Reading } from './reading.ts';
import {
	branchName,
	hoursKey,
	roleInWords,
	ruleTitle,
	scopeOf,
	statementLine,
	whatWasDone,
} from './statement-words.ts';
import { unsealedView } from './unsealed-view.ts';

/** What a statement's page needs beside the statement. */
export interface StatementSurroundings {
	/** Disclosures that were not withdrawn, by name. */
	readonly texts: ReadonlyMap<string, string>;
	/** Statements this one is about, and later ones that are about it. */
	readonly refs: readonly Statement[];
	readonly later: readonly Statement[];
	/** Appeals against it and what came of them, the oldest first. */
	readonly appeals: readonly Act[];
	/** What the person affected did with it; null where they did nothing. */
	readonly unsealed: Unsealed | null;
	/** The log it stands in. */
	readonly log: { readonly origin: string };
}

/** `/statements/{id}`: what was decided, under which rule, why, and where it stands in the log. */
export function statementPage(reading: Reading, statement: Statement, around: StatementSurroundings) {
	const { t, said } = reading;
	const { entry, row, rule, policy } = statement;
	const what = whatWasDone(reading, statement);
	const branch = branchName(statement);
	return {
		title: t('statement.title', { what, branch }),
		heading: t('statement.heading', { what, branch }),
		line: statementLine(reading, statement),
		lead: t('statement.rule', { title: ruleTitle(reading, statement), version: entry.rule.version }),
		facts: around.texts.get('facts') ?? null,
		explanation: around.texts.get('explanation') ?? null,
		unsealed: around.unsealed && unsealedView(reading, around.unsealed),
		sealed: row.sealed,
		missing: !row.sealed && row.withdrawn_by === null && row.texts.some((name) => !around.texts.has(name)),
		withdrawn: row.withdrawn_by ? `/statements/${row.withdrawn_by}` : null,
		rule: rule && {
			title: said(rule.title),
			text: said(rule.text),
			number: t('policy.rule_number', { id: rule.id, version: rule.version }),
		},
		pinned: t(policy ? 'statement.pinned' : 'statement.not_pinned'),
		policy: policy && `/policies/${policy.id}/${policy.version}`,
		record: record(reading, statement),
		scope: scopeOf(reading, statement),
		refs: around.refs.map((other) => ({ ...statementLine(reading, other) })),
		later: around.later.map((other) => ({ ...statementLine(reading, other) })),
		appeals: around.appeals.map((act) => actLine(reading, act)),
		place: t('statement.log_text', {
			index: (row.log_index ?? 0) + 1,
			origin: around.log.origin,
		}),
		key: t('statement.key', { key: entry.key_id }),
		proof: `/statements/${entry.id}.tlog-proof`,
		entry: `/statements/${entry.id}.json`,
		disclosures: `/disclosures/${entry.id}.json`,
	};
}

/** The fields of the entry as pairs of words, in the order people ask for them. */
function record(reading: Reading, statement: Statement): { label: string; text: string }[] {
	const { t, date, month } = reading;
	const { entry, row } = statement;
	const lasts = entry.action.some((action) => action.startsWith('account_') || action === 'reach_limited');
	const pairs: [key: string, text: string | null][] = [
		['content', entry.content_type.map((type) => t(`content.${type}`)).join(', ') || null],
		['month', month(entry.content_month)],
		['source', t(`source.${entry.source}`)],
		['decided', date(entry.decided_on)],
		['time', t(`hours.${hoursKey(entry.received_to_decided_hours)}`)],
		['by', decidedBy(reading, statement)],
		['machine', t(entry.automated_detection ? 'statement.machine_flag' : 'statement.machine_no')],
		['ground', t(`ground.${entry.ground}`)],
		['until', entry.until ? date(entry.until) : lasts ? t('statement.until_none') : null],
		['notice', t(`notice.${entry.notice_sent}`)],
		[
			'appeal',
			entry.appeal
				? t('statement.appeal_until', { date: date(entry.appeal.open_until) })
				: t('statement.appeal_none'),
		],
		['published', row.published_on && date(row.published_on)],
		['number', entry.id],
	];
	return pairs.flatMap(([key, text]) => (text ? [{ label: t(`statement.${key}`), text }] : []));
}

/** `host@belmont#1` in words: a role and a number that ends with the year, never a name. */
function decidedBy({ t }: Reading, statement: Statement): string {
	const by = statement.entry.decided_by;
	const number = /#(\d+)$/.exec(by)?.[1];
	const role = roleInWords({ t }, by);
	return number ? t('statement.by_role', { role, branch: branchName(statement), number }) : role;
}
