import type { Statement } from './statement.ts';

/** What stands in a cell; a list stands there with blanks between. */
export type Cell = string | number | boolean | readonly string[] | null;

/** A type of CSV on the Web (W3C tabular data model, section 6.3), of which a column's cells are. */
export type CellType = 'string' | 'date' | 'gYearMonth' | 'integer' | 'boolean' | 'anyURI';

/** A column of `statements.csv`; what it means is told by the words `data.column.<name>`. */
export interface Column {
	readonly name: string;
	readonly type: CellType;
	/** May a cell be empty? */
	readonly optional?: boolean;
	/** Does a cell hold a list? */
	readonly list?: boolean;
	value(statement: Statement): Cell;
}

/** The columns: the fields of the log's entry under their own names, then where the entry stands (reference 4). */
export const COLUMNS: readonly Column[] = [
	{ name: 'id', type: 'string', value: ({ entry }) => entry.id },
	{ name: 'branch', type: 'string', value: ({ entry }) => entry.branch },
	{ name: 'kind', type: 'string', value: ({ entry }) => entry.kind },
	{ name: 'action', type: 'string', list: true, value: ({ entry }) => entry.action },
	{ name: 'until', type: 'date', optional: true, value: ({ entry }) => entry.until },
	{ name: 'ground', type: 'string', value: ({ entry }) => entry.ground },
	{ name: 'rule_id', type: 'string', value: ({ entry }) => entry.rule.id },
	{ name: 'rule_version', type: 'integer', value: ({ entry }) => entry.rule.version },
	{ name: 'policy', type: 'string', value: ({ entry }) => entry.rule.policy },
	{ name: 'policy_sha256', type: 'string', value: ({ entry }) => entry.rule.policy_sha256 },
	{ name: 'scope', type: 'string', value: ({ entry }) => entry.scope },
	{ name: 'content_type', type: 'string', list: true, value: ({ entry }) => entry.content_type },
	{ name: 'content_month', type: 'gYearMonth', value: ({ entry }) => entry.content_month },
	{ name: 'decided_on', type: 'date', value: ({ entry }) => entry.decided_on },
	{
		...{ name: 'received_to_decided_hours', type: 'string' },
		value: ({ entry }) => entry.received_to_decided_hours,
	},
	{ name: 'source', type: 'string', value: ({ entry }) => entry.source },
	{ name: 'automated_detection', type: 'boolean', value: ({ entry }) => entry.automated_detection },
	{ name: 'automated_decision', type: 'string', value: ({ entry }) => entry.automated_decision },
	{ name: 'notice_sent', type: 'string', value: ({ entry }) => entry.notice_sent },
	{
		...{ name: 'appeal_open_until', type: 'date', optional: true },
		value: ({ entry }) => entry.appeal?.open_until ?? null,
	},
	{ name: 'decided_by', type: 'string', value: ({ entry }) => entry.decided_by },
	{ name: 'refs', type: 'string', list: true, value: ({ entry }) => entry.refs },
	{ name: 'published_on', type: 'date', value: ({ row }) => row.published_on },
	{ name: 'log_year', type: 'integer', value: ({ row }) => row.log_year },
	{ name: 'log_index', type: 'integer', value: ({ row }) => row.log_index },
	{ name: 'entry_sha256', type: 'string', value: ({ row }) => row.digest },
	{ name: 'text_withdrawn_by', type: 'string', optional: true, value: ({ row }) => row.withdrawn_by },
	{ name: 'url', type: 'anyURI', value: ({ url }) => url },
];
