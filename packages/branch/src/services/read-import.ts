import { BadInput } from '@understory/core/errors.ts';
import { IMPORT_KINDS, type ImportKind } from '../store/imports.ts';
import { plainCell } from './csv.ts';
import { cleanLine, lengthOf } from './plain-text.ts';
import { readTable } from './read-table.ts';

/** Largest file, in bytes, and most lines. */
export const LARGEST_IMPORT = 2 * 1024 * 1024;
export const MOST_LINES = 10_000;
const LONGEST_ADDRESS = 2000;
/** Longest piece of an unreadable line that is shown again. */
const SHOWN = 100;

/** One line: what it names in one spelling, or with `fault` what stands there. */
export interface ReadLine {
	readonly line: number;
	readonly subject: string;
	readonly host: string | null;
	readonly list: string | null;
	readonly fault: 'address_form' | 'server_form' | 'post_form' | 'list_name' | 'twice' | null;
}

export interface ReadFile {
	readonly lines: readonly ReadLine[];
	/** The kind it looks like, when that is another one. */
	readonly doubt: ImportKind | null;
}

/** The column that a file of each kind has to have, and the others Mastodon writes (`Form::Import` of Mastodon 4.5). */
const COLUMNS: Readonly<Record<ImportKind, readonly string[]>> = {
	following: ['account address', 'show boosts', 'notify on new posts', 'languages'],
	lists: ['list name', 'account address'],
	mute: ['account address', 'hide notifications'],
	block: ['account address'],
	hide: ['#domain'],
	keep: ['#uri'],
};
const HEADINGS = new Set(Object.values(COLUMNS).map(([first]) => first));
/** How Mastodon, and our own archive, name the files. */
const NAMES: Readonly<Record<ImportKind | 'followers', RegExp>> = {
	following: /^follow(s|ing)/,
	lists: /^lists/,
	mute: /^mute/,
	block: /^block(s|ed_accounts)/,
	hide: /^(domain_blocks|blocked_domains)/,
	keep: /^bookmarks/,
	followers: /^followers/,
};

/**
 * Reads a file as Mastodon and our own archive write it: CSV in UTF-8, with a heading or without (older Mastodon, and the kinds that have none).
 * Lines that name nothing are kept with why. Throws BadInput for what is no such file: `import_zip`, `import_encoding`, `import_broken`,
 * `import_long_line`, `import_many_lines`, `import_empty`, `import_followers`, `import_other_kind`, `import_nothing`.
 */
export async function readImport(
	bytes: Buffer,
	about: { readonly kind: ImportKind; readonly name: string; readonly own: string },
): Promise<ReadFile> {
	const { kind, own } = about;
	const records = await readTable(bytes, MOST_LINES);
	const name = about.name.toLowerCase();
	if (NAMES.followers.test(name)) throw refuse('Followers cannot be brought by a file.', 'import_followers');
	const heading = records[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
	const headed = HEADINGS.has(heading[0]);
	const columns = headed ? heading : COLUMNS[kind];
	const missing = kind === 'lists' ? COLUMNS.lists : COLUMNS[kind].slice(0, 1);
	if (!missing.every((column) => columns.includes(column))) {
		throw refuse('That is a file of another kind.', 'import_other_kind');
	}
	const lines = distinct(
		records.slice(headed ? 1 : 0).map(({ line, cells }) => {
			const cell = (column: string) => plainCell(cells[columns.indexOf(column)] ?? '').trim();
			return { line, ...meaning(kind, cell, own) };
		}),
	);
	if (lines.length === 0) throw refuse('There is no line in this file.', 'import_empty');
	if (lines.every(({ fault }) => fault !== null)) {
		throw refuse('No line of this file names anything of this kind.', 'import_nothing');
	}
	const looks = looksLike(headed ? heading : [], name);
	return { lines, doubt: looks === kind ? null : looks };
}

/** Handle and host in one spelling; null for what is no address. `own` is the host of this branch. */
export function readAddress(text: string, own: string): { subject: string; host: string | null } | null {
	const [, handle, given] = /^@?([\w.-]{1,64})(?:@([^@\s]{1,255}))?$/.exec(text.trim()) ?? [];
	const host = given === undefined ? own : readHost(given);
	if (handle === undefined || host === null) return null;
	return { subject: `${handle}@${host}`.toLowerCase(), host: host === own ? null : host };
}

/** A host name as the wire writes it, with its port; null for what is none. */
function readHost(text: string): string | null {
	if (/[\s/@?#\\]/.test(text) || !URL.canParse(`https://${text}/`)) return null;
	const { host, hostname } = new URL(`https://${text}/`);
	return /^(?=.*[.])[a-z0-9.-]+$/.test(hostname) ? host : null;
}

function meaning(kind: ImportKind, cell: (column: string) => string, own: string): Omit<ReadLine, 'line'> {
	const none = (fault: ReadLine['fault'], text: string, list: string | null = null) => ({
		subject: cleanLine(text).slice(0, SHOWN),
		host: null,
		list,
		fault,
	});
	if (kind === 'hide') {
		const text = cell('#domain').toLowerCase();
		const host = readHost(text);
		return host ? { subject: host, host, list: null, fault: null } : none('server_form', text);
	}
	if (kind === 'keep') {
		const text = cell('#uri');
		const good = text.length <= LONGEST_ADDRESS && URL.canParse(text) && /^https?:/.test(text);
		if (!good) return none('post_form', text);
		const { host } = new URL(text);
		return { subject: text, host: host === own ? null : host, list: null, fault: null };
	}
	const text = cell('account address');
	const who = readAddress(text, own);
	const list = kind === 'lists' ? cleanLine(cell('list name')) : null;
	if (list !== null && (list === '' || lengthOf(list) > 60))
		return none('list_name', text, list.slice(0, SHOWN));
	return who ? { ...who, list, fault: null } : none('address_form', text, list);
}

function distinct(lines: readonly ReadLine[]): ReadLine[] {
	const seen = new Set<string>();
	return lines.map((line) => {
		const key = `${line.list ?? ''}\n${line.subject}`;
		if (line.fault !== null || !seen.has(key)) {
			seen.add(key);
			return line;
		}
		return { ...line, fault: 'twice' };
	});
}

function looksLike(heading: readonly string[], name: string): ImportKind | null {
	const telling: readonly [string, ImportKind][] = [
		['list name', 'lists'],
		['hide notifications', 'mute'],
		['show boosts', 'following'],
		['notify on new posts', 'following'],
		['languages', 'following'],
	];
	const told = telling.find(([column]) => heading.includes(column))?.[1];
	return told ?? IMPORT_KINDS.find((kind) => NAMES[kind].test(name)) ?? null;
}

function refuse(sentence: string, fault: string): BadInput {
	return new BadInput(sentence, [{ field: 'file', text: fault }]);
}
