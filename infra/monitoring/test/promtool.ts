import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DebianPackage, fetchPackage } from '../../image/debian.ts';
import { whyNoImage } from '../../image/image.ts';

/** Prometheus' own checker of rules. Debian's package is some 19 MB; built as a Go module it would bring every client of every cloud. */
const PROMETHEUS: DebianPackage = {
	name: 'prometheus',
	version: '2.42.0+ds-5+deb12u1',
	sha256: '81d59a24fce84f7fbe97a45a4f2914b6a5881b5cd1db2a6a0e129e515e1a5f55',
	license: 'Apache-2.0',
	keep: ['usr/bin/promtool'],
};
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/understory');

/** What promtool said, and whether all was well. */
export interface Said {
	readonly fine: boolean;
	readonly text: string;
}
export type Promtool = (...words: readonly string[]) => Said;

/** Promtool, unpacked once and kept by the digest of its package; where it cannot be had, the suite that asks is skipped and says why. */
export function promtoolOrSkip(suite: Mocha.Context): Promtool {
	const why = whyNoImage();
	if (why) return skip(suite, why);
	const program = join(CACHE, `promtool-${PROMETHEUS.sha256.slice(0, 16)}`);
	if (!existsSync(program)) {
		let file: string;
		try {
			file = fetchPackage(PROMETHEUS, join(CACHE, 'debian'));
		} catch (error) {
			const { message } = error as Error;
			// A package that is another one is no reason to skip.
			if (!message.startsWith('apt cannot fetch')) throw error;
			return skip(suite, message);
		}
		unpack(file, program);
	}
	return (...words) => {
		const { status, stdout, stderr } = spawnSync(program, words, { cwd: ROOT, encoding: 'utf8', env: {} });
		return { fine: status === 0, text: `${stdout}${stderr}` };
	};
}

function skip(suite: Mocha.Context, why: string): never {
	console.error(`\n${why} Tests of alerts by promtool are skipped.\n`);
	return suite.skip() as never;
}

function unpack(file: string, program: string): void {
	mkdirSync(CACHE, { recursive: true });
	const draft = mkdtempSync(join(CACHE, '.promtool-'));
	try {
		execFileSync('dpkg-deb', ['--extract', file, draft]);
		renameSync(join(draft, 'usr/bin/promtool'), program);
	} finally {
		rmSync(draft, { recursive: true, force: true });
	}
}
