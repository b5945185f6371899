import { randomBytes } from 'node:crypto';
import {
	chmodSync,
	closeSync,
	existsSync,
	fsyncSync,
	linkSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';

const NAMES = ['adminToken', 'bridgeMaster', 'consoleKey', 'accountabilityKey', 'platformKey'] as const;

/**
 * The town's own secrets: made once, kept in `secrets.json` for the owner of the folder only. `adminToken` is what `/api/v1` and the
 * console ask for; `platformKey` is the platform's exported Ed25519 key; the others are 32 bytes each. All base64url.
 */
export type TownSecrets = { readonly [name in (typeof NAMES)[number]]: string };

/** What stands in a data folder once something was sealed in it. */
const SEALED = ['homes', 'postgres'];

/**
 * Reads the secrets, or makes them the first time. Throws `PublicError` with a sentence for the operator when the file is damaged, cannot
 * be written, or is gone from a folder that has data: making new ones would lock everything that the old ones sealed.
 */
export function loadOrMakeSecrets(folder: string, makePlatformKey: () => string): TownSecrets {
	const file = join(folder, 'secrets.json');
	if (!existsSync(file)) make(folder, file, makePlatformKey);
	try {
		const text = readFileSync(file, 'utf8');
		chmodSync(file, 0o600);
		return check(text);
	} catch (error) {
		// Not handed on as the cause: the message of a parser quotes what it chokes on, here a secret.
		const detail = (error as { code?: unknown }).code;
		throw refusal(
			'The file secrets.json in the data folder cannot be read. Without it the town cannot open what it sealed; bring it back from a backup.',
			typeof detail === 'string' ? detail : 'not in its form',
		);
	}
}

function make(folder: string, file: string, makePlatformKey: () => string): void {
	if (SEALED.some((name) => existsSync(join(folder, name)))) {
		throw refusal(
			'The file secrets.json is gone from the data folder. Without it the town cannot open what it sealed; bring it back from a backup, or choose another --data folder.',
			'ENOENT',
		);
	}
	const made: TownSecrets = {
		adminToken: random(),
		bridgeMaster: random(),
		consoleKey: random(),
		accountabilityKey: random(),
		platformKey: makePlatformKey(),
	};
	const draft = `${file}.${random().slice(0, 8)}`;
	try {
		// Whole or not at all: a start killed here leaves no half of a file. Of two starts at once, the first one's secrets hold.
		writeFileSync(draft, `${JSON.stringify(made, null, '\t')}\n`, { mode: 0o600, flag: 'wx', flush: true });
		keep(draft, file);
		flushFolder(folder);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'EEXIST') return;
		const why = code === 'ENOSPC' ? 'the disk is full' : 'the data folder cannot be written to';
		throw refusal(`The secrets of the town cannot be kept: ${why}.`, code ?? 'unknown');
	} finally {
		rmSync(draft, { force: true });
	}
}

/** Gives the draft its name unless somebody else's has it; some file systems know no links and can only rename. */
function keep(draft: string, file: string): void {
	try {
		linkSync(draft, file);
	} catch (error) {
		const { code = '' } = error as NodeJS.ErrnoException;
		if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) throw error;
		renameSync(draft, file);
	}
}

function flushFolder(folder: string): void {
	// Windows opens no folders, and keeps their entries by itself.
	if (process.platform === 'win32') return;
	const handle = openSync(folder, 'r');
	try {
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
}

function random(): string {
	return randomBytes(32).toString('base64url');
}

function check(text: string): TownSecrets {
	const read = JSON.parse(text) as Partial<TownSecrets>;
	for (const name of NAMES) {
		const value = read[name];
		if (typeof value !== 'string' || value.length < 40) throw new Error(`${name} is missing`);
	}
	return read as TownSecrets;
}

function refusal(sentence: string, detail: string): PublicError {
	return new PublicError(500, 'secrets', sentence, { detail });
}
