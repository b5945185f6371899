import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { LISTED_KINDS, type ListMatch } from '@understory/branch/match-lists.ts';
import { PublicError } from '@understory/core/errors.ts';
import { type DigestTable, MOST_DIGESTS, tableOf } from './digest-table.ts';

const SHA256 = 32;
const MD5 = 16;
const LINE = /^([0-9a-f]{64}|[0-9a-f]{32})(?:[ \t]+(\S+)(?:[ \t]+(.*))?)?$/i;
const USUAL = 'child_abuse';
const LONGEST_SOURCE = 100;
/** Different pairs of class and source in one list. */
const MOST_SOURCES = 1000;

/** A picture's digests, and what a list says of them. */
export interface Digests {
	readonly sha256: Buffer;
	readonly md5: Buffer;
}

type Listed = Pick<ListMatch, 'kind' | 'source'>;

/** One list that was read. */
export interface MatchList {
	readonly count: number;
	find(digests: Digests): Listed | undefined;
}

/**
 * Reads a list: on each line a digest in hexadecimal digits (SHA-256 or MD5), then, where it says so, a class of `docs/hosts/emergencies.md` (usually
 * `child_abuse`) and where it is from. Lines that are empty or begin with # say nothing. Throws PublicError `match_list` with a sentence that has the number of the line and
 * never its words; also for one that is empty, since a file that was cut off must not pass for a list.
 */
export async function readMatchList(path: string, name: string, most = MOST_DIGESTS): Promise<MatchList> {
	const tables = new Map([SHA256, MD5].map((width) => [width, tableOf(width)]));
	const listed: Listed[] = [];
	const numbers = new Map<string, number>();
	const numberOf = (one: Listed): number => {
		const key = `${one.kind} ${one.source}`;
		const known = numbers.get(key) ?? listed.length;
		if (known === listed.length) {
			if (known === MOST_SOURCES) throw refused(name, `names more than ${MOST_SOURCES} sources`);
			numbers.set(key, known);
			listed.push(one);
		}
		return known;
	};
	let line = 0;
	let count = 0;
	const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
	for await (const text of lines) {
		line += 1;
		if (text.trim() === '' || text.startsWith('#')) continue;
		if (count === most)
			throw refused(name, `goes beyond the ${MOST_DIGESTS} digests that all lists may have`);
		const read = readLine(text.trimEnd());
		if (typeof read === 'string') throw refused(name, `is none: line ${line} ${read}`);
		tables.get(read.digest.length)!.add(read.digest, numberOf(read.listed));
		count += 1;
	}
	if (count === 0) throw refused(name, 'is none: it holds no digest');
	const [sha256, md5] = [tables.get(SHA256)!.done(), tables.get(MD5)!.done()];
	const find = (table: DigestTable, digest: Buffer) => listed[table.find(digest) ?? -1];
	return { count, find: (digests) => find(sha256, digests.sha256) ?? find(md5, digests.md5) };
}

function readLine(text: string): { digest: Buffer; listed: Listed } | string {
	const [, digest, word = USUAL, source = ''] = LINE.exec(text) ?? [];
	if (!digest) return 'does not begin with a digest of 64 or 32 hexadecimal digits';
	const kind = LISTED_KINDS.find((known) => known === word);
	if (!kind) return `has a class that is none of ${LISTED_KINDS.join(', ')}`;
	if (source.length > LONGEST_SOURCE || /\p{C}/u.test(source)) {
		return `has a source that is longer than ${LONGEST_SOURCE} letters or cannot be shown`;
	}
	return { digest: Buffer.from(digest, 'hex'), listed: { kind, source: source.trim() } };
}

/** A sentence about a list. */
export function refused(name: string, what: string): PublicError {
	return new PublicError(500, 'match_list', `The list of pictures ${name} ${what}.`);
}
