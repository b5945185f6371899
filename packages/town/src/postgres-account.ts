import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lchownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';

/** As whom PostgreSQL runs, which refuses to be root. */
export interface Account {
	/** Goes before the program's own words. */
	readonly wrapper: readonly string[];
	/** Options for starting the process; empty when it runs as whoever started the town. */
	readonly as: { readonly uid: number; readonly gid: number } | Record<string, never>;
}

const ITSELF: Account = { wrapper: [], as: {} };
const NAMESPACE = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
/** The user and group that own nothing, by the numbers Linux gives them. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * Whoever is not root runs it themselves. Root runs it in a user namespace of its own, where it is not root and still owns its files; where
 * the system allows none, as `nobody`, to whom `folder` is given then. Throws `PublicError` with a sentence when `nobody` cannot reach the
 * folder or the program.
 */
export function accountFor(
	folder: string,
	program: string,
	namespaces: boolean = process.platform === 'linux' && haveNamespaces(),
): Account {
	if (process.getuid?.() !== 0) return ITSELF;
	if (namespaces) {
		own(folder, 0, 0);
		return { wrapper: NAMESPACE, as: {} };
	}
	own(folder, NOBODY.uid, NOBODY.gid);
	letThrough(dirname(folder));
	for (const [test, place] of [
		['-w', folder],
		['-x', program],
	] as const) {
		if (spawnSync('test', [test, place], NOBODY).status === 0) continue;
		const sentence = `PostgreSQL does not run as root, this machine allows no user namespaces, and the user nobody cannot reach ${place}. Choose a folder below one that everybody may pass through, start Understory as another user, or set UNDERSTORY_DATABASE_URL.`;
		throw new PublicError(500, 'root', sentence);
	}
	return { wrapper: [], as: NOBODY };
}

function haveNamespaces(): boolean {
	try {
		execFileSync(NAMESPACE[0]!, [...NAMESPACE.slice(1), 'true'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

/** Gives a folder and everything in it to a user, when it is another's. */
function own(folder: string, uid: number, gid: number): void {
	if (statSync(folder).uid !== uid) chownSync(folder, uid, gid);
	const data = join(folder, 'data');
	if (existsSync(data) && statSync(data).uid !== uid) ownAll(data, uid, gid);
	const password = join(folder, 'password');
	if (existsSync(password)) chownSync(password, uid, gid);
}

function ownAll(path: string, uid: number, gid: number): void {
	// The folder last, so that one that broke off is not taken for done.
	if (lstatSync(path).isDirectory()) {
		for (const name of readdirSync(path)) ownAll(join(path, name), uid, gid);
	}
	lchownSync(path, uid, gid);
}

/** Lets everybody pass through a folder of our own without seeing what is in it. */
function letThrough(folder: string): void {
	const { uid, mode } = statSync(folder);
	if (uid === 0 && (mode & 0o001) === 0) chmodSync(folder, (mode & 0o7777) | 0o011);
}
