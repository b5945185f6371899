import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MatchLists } from '@understory/branch/match-lists.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import { MOST_DIGESTS } from './digest-table.ts';
import { type MatchList, readMatchList, refused } from './match-list.ts';

/** Most files, and the largest, in bytes. */
const MOST_FILES = 16;
const LARGEST = 256 * 1024 * 1024;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

/** A file of the folder, and what changes with its content. */
interface Found {
	readonly name: string;
	readonly path: string;
	readonly mark: string;
	readonly size: number;
}

/**
 * The lists of pictures in a folder: each file is one, but those whose names begin with a dot. They are looked at before each picture that is compared, and read again where one changed. One
 * that is none then is logged (`match_list_refused`) with a sentence, and what was read before stays. Throws PublicError `match_list` when one is none at the start.
 */
export async function openMatchLists(folder: string, log: Log): Promise<MatchLists> {
	const lists = new Map<string, MatchList>();
	/** File -> its mark when it was last read, whether that went well or not. */
	const marks = new Map<string, string>();

	const readAgain = async (complain: (fault: PublicError) => void): Promise<void> => {
		const found = await filesIn(folder).catch((error: unknown) => complain(sentenceOf(folder, error)));
		if (!found) return;
		for (const name of [...marks.keys()].filter((known) => !found.some((file) => file.name === known))) {
			marks.delete(name);
			if (lists.delete(name)) log.info('match_list_gone', { detail: name });
		}
		for (const file of found) {
			if (marks.get(file.name) === file.mark) continue;
			marks.set(file.name, file.mark);
			const others = [...lists].reduce((sum, [name, { count }]) => sum + (name === file.name ? 0 : count), 0);
			try {
				if (file.size > LARGEST) throw refused(file.name, 'is larger than 256 MB');
				const list = await readMatchList(file.path, file.name, MOST_DIGESTS - others);
				lists.set(file.name, list);
				log.info('match_list_read', { detail: file.name, count: list.count });
			} catch (error) {
				complain(sentenceOf(file.name, error));
			}
		}
	};

	let reading: Promise<void> | null = null;
	/** Whoever comes while it is read waits for it. */
	const look = (): Promise<void> => {
		reading ??= readAgain((fault) => log.warn('match_list_refused', { detail: fault.message })).finally(
			() => {
				reading = null;
			},
		);
		return reading;
	};

	await readAgain((fault) => {
		throw fault;
	});
	return {
		names: () => [...lists.keys()].sort(),
		async match(bytes) {
			await look();
			const digests = { sha256: digest('sha256', bytes), md5: digest('md5', bytes) };
			for (const [list, { find }] of [...lists].sort(([one], [other]) => (one < other ? -1 : 1))) {
				const listed = find(digests);
				if (listed) return { ...listed, list, evidence: `sha256:${digests.sha256.toString('hex')}` };
			}
			return null;
		},
	};
}

function digest(kind: 'sha256' | 'md5', bytes: Buffer): Buffer {
	return createHash(kind).update(bytes).digest();
}

async function filesIn(folder: string): Promise<Found[]> {
	// A mounted Secret has links, and folders that begin with a dot.
	const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
	if (names.length > MOST_FILES) throw refused(folder, `are more than ${MOST_FILES}`);
	return Promise.all(
		names.map(async (name) => {
			if (!NAME.test(name))
				throw refused(folder, 'have a name with more than letters, digits, dots and hyphens');
			const path = join(folder, name);
			const { mtimeMs, size, ino } = await stat(path);
			return { name, path, size, mark: `${mtimeMs} ${size} ${ino}` };
		}),
	);
}

function sentenceOf(name: string, error: unknown): PublicError {
	if (error instanceof PublicError) return error;
	const { code } = error as NodeJS.ErrnoException;
	if (typeof code !== 'string') throw error;
	return refused(name, `cannot be read (${code})`);
}
