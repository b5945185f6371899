import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { NotSignedIn } from '@understory/core/errors.ts';

/** Which platform somebody is logged in to, and with what. */
export interface Login {
	readonly url: string;
	readonly token: string;
}

/**
 * Reads a kept login; null when there is none. Throws `NotSignedIn` when the file is not a login, and when others on this computer may
 * read it: its token would be theirs too.
 */
export function readLogin(file: string): Login | null {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
		// Windows has no such bits, and keeps the folders of a person to them.
		if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
			throw new NotSignedIn(
				`Others on this computer may read ${file}. Log out, take the token back, and log in anew.`,
			);
		}
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
	const login = parse(text);
	if (!login) throw new NotSignedIn(`${file} cannot be read as a login. Log in again: understory login.`);
	return login;
}

function parse(text: string): Login | null {
	try {
		const { url, token } = JSON.parse(text) as Partial<Login>;
		return typeof url === 'string' && typeof token === 'string' ? { url, token } : null;
	} catch {
		return null;
	}
}

/** Keeps a login for its owner only, whole or not at all. */
export function keepLogin(file: string, login: Login): void {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	const draft = `${file}.${randomUUID()}`;
	writeFileSync(draft, `${JSON.stringify(login, null, '\t')}\n`, { mode: 0o600, flag: 'wx', flush: true });
	renameSync(draft, file);
}

/** Forgets it; nothing happens when there is none. */
export function forgetLogin(file: string): void {
	rmSync(file, { force: true });
}
