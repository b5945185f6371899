import { BadInput } from '@understory/core/errors.ts';
import { csvRow, plainCell } from '../csv.ts';
import { cleanLine } from '../plain-text.ts';
import { readTable } from '../read-table.ts';
import { hostNamed } from './host-name.ts';
import { type Level, levelRow } from './levels.ts';
import { isUnder } from './restrictions.ts';

/** Largest list that is read, in bytes, and most lines (Mastodon takes about as many). */
export const LARGEST_LIST = 2 * 1024 * 1024;
const MOST_LINES = 20_000;
const LONGEST_COMMENT = 200;

/** A server on a list, in our words. */
export interface Listed {
	/** In one spelling. */
	readonly host: string;
	readonly level: Level;
	/** What the list says about it; nobody's handle is kept. */
	readonly comment: string;
}

/** What a list holds, and how many lines say nothing that a branch could do: covered names, no names, its own, the same again, or nothing to do. */
export interface ReadList {
	readonly listed: readonly Listed[];
	readonly unread: number;
}

/** Their names and ours in Mastodon's file (reference/fediverse.md 6.2); lists that others publish leave out the `#`. */
const COLUMNS = [
	'domain',
	'severity',
	'reject_media',
	'reject_reports',
	'public_comment',
	'obfuscate',
] as const;
type Cell = (column: (typeof COLUMNS)[number]) => string;

/**
 * Reads a list of servers: Mastodon's CSV of domain blocks with a heading or without, one name a line, or GoToSocial's JSON; booleans in any case. `own` is the origin of this branch,
 * which stands on no list of its own. Throws BadInput for the field `file`: what `readTable` throws, and `import_nothing` where no line names a server.
 */
export async function readList(bytes: Buffer, own: string): Promise<ReadList> {
	const rows = /^\s*\[/.test(bytes.subarray(0, 200).toString('latin1'))
		? jsonRows(bytes)
		: await csvRows(bytes);
	const listed = new Map<string, Listed>();
	for (const cell of rows) {
		const one = listedIn(cell, own);
		if (one && !listed.has(one.host)) listed.set(one.host, one);
	}
	if (listed.size === 0) throw nothing();
	return { listed: [...listed.values()], unread: rows.length - listed.size };
}

function listedIn(cell: Cell, own: string): Listed | null {
	const host = hostNamed(cell('domain'));
	if (host === null || isUnder(own, host)) return null;
	const level = levelIn(cell);
	const comment = cleanLine(cell('public_comment')).replaceAll(/@[\w.-]+(@[\w.-]+)?/g, '…');
	return level && { host, level, comment: comment.slice(0, LONGEST_COMMENT) };
}

/** A list says `suspend` where it says nothing else, as Mastodon reads it. */
function levelIn(cell: Cell): Level | null {
	const severity = cell('severity').toLowerCase() || 'suspend';
	if (severity === 'suspend') return 'suspend';
	if (severity === 'silence' || severity === 'limit') return 'silence';
	return /^(true|1|t|yes)$/i.test(cell('reject_media')) ? 'media' : null;
}

async function csvRows(bytes: Buffer): Promise<Cell[]> {
	const lines = await readTable(bytes, MOST_LINES);
	const heading = lines[0]?.cells.map((cell) => cell.trim().toLowerCase().replace(/^#/, '')) ?? [];
	const headed = heading.includes('domain');
	const columns: readonly string[] = headed ? heading : COLUMNS;
	return lines.slice(headed ? 1 : 0).map(
		({ cells }) =>
			(column) =>
				plainCell(cells[columns.indexOf(column)] ?? '').trim(),
	);
}

function jsonRows(bytes: Buffer): Cell[] {
	let all: unknown;
	try {
		all = JSON.parse(bytes.toString('utf8'));
	} catch (cause) {
		throw new BadInput('That list cannot be read.', [{ field: 'file', text: 'import_broken' }], { cause });
	}
	if (!Array.isArray(all) || all.length > MOST_LINES) throw nothing();
	return all.map((one: unknown) => {
		const row = typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {};
		const text = (value: unknown) =>
			typeof value === 'string' || typeof value === 'boolean' ? String(value) : '';
		return (column) => text(row[column] ?? (column === 'public_comment' ? row.comment : undefined));
	});
}

/** What a branch keeps away, in Mastodon's words: of our four steps it knows three, so that `limit` is told as `silence` without pictures. */
export function listCsv(rows: readonly Listed[]): string {
	const lines = rows.map(({ host, level, comment }) => {
		const { severity, stops } = levelRow(level);
		const media = String(stops.includes('media'));
		return [host, severity, media, String(stops.includes('everything')), comment, 'false'];
	});
	return [COLUMNS.map((name) => `#${name}`), ...lines].map(csvRow).join('');
}

function nothing(): BadInput {
	return new BadInput('No line of this list names a server.', [{ field: 'file', text: 'import_nothing' }]);
}
