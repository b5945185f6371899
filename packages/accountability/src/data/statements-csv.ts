import type { Statement } from './statement.ts';

type Cell = string | number | boolean | null;

/** The columns: the fields of the log's entry under their own names, then where the entry stands (reference 4). */
const COLUMNS: readonly [name: string, value: (statement: Statement) => Cell][] = [
	['id', ({ entry }) => entry.id],
	['branch', ({ entry }) => entry.branch],
	['kind', ({ entry }) => entry.kind],
	['action', ({ entry }) => entry.action.join(' ')],
	['until', ({ entry }) => entry.until],
	['ground', ({ entry }) => entry.ground],
	['rule_id', ({ entry }) => entry.rule.id],
	['rule_version', ({ entry }) => entry.rule.version],
	['policy', ({ entry }) => entry.rule.policy],
	['policy_sha256', ({ entry }) => entry.rule.policy_sha256],
	['scope', ({ entry }) => entry.scope],
	['content_type', ({ entry }) => entry.content_type.join(' ')],
	['content_month', ({ entry }) => entry.content_month],
	['decided_on', ({ entry }) => entry.decided_on],
	['received_to_decided_hours', ({ entry }) => entry.received_to_decided_hours],
	['source', ({ entry }) => entry.source],
	['automated_detection', ({ entry }) => entry.automated_detection],
	['automated_decision', ({ entry }) => entry.automated_decision],
	['notice_sent', ({ entry }) => entry.notice_sent],
	['appeal_open_until', ({ entry }) => entry.appeal?.open_until ?? null],
	['decided_by', ({ entry }) => entry.decided_by],
	['refs', ({ entry }) => entry.refs.join(' ')],
	['published_on', ({ row }) => row.published_on],
	['log_year', ({ row }) => row.log_year],
	['log_index', ({ row }) => row.log_index],
	['entry_sha256', ({ row }) => row.digest],
	['text_withdrawn_by', ({ row }) => row.withdrawn_by],
	['url', ({ url }) => url],
];

/** All statements as CSV (RFC 4180): lines end in CRLF, the first names the columns. No text of anybody is in it. */
export function statementsCsv(statements: readonly Statement[]): string {
	const lines = [
		COLUMNS.map(([name]) => name),
		...statements.map((statement) => COLUMNS.map(([, value]) => value(statement))),
	];
	return lines.map((cells) => `${cells.map(field).join(',')}\r\n`).join('');
}

function field(cell: Cell): string {
	const text = cell === null ? '' : String(cell);
	// A cell that a spreadsheet would take for a formula is kept from being one.
	const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The names of the columns, in order. */
export const CSV_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);
