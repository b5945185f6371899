import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BadInput, Unavailable } from '@understory/core/errors.ts';

/** Longest time in milliseconds that a browser may take. */
const PATIENCE = 120_000;

/**
 * Prints a page with a Chromium that is installed, as the page's own print styles want it: a tagged PDF, so that screen readers find headings and tables. The browser has
 * a profile of its own, which is gone afterwards. Throws `BadInput` where there is no such browser, `Unavailable` when it printed nothing that is tagged.
 */
export async function printPage(url: URL, browser: string): Promise<Buffer> {
	const folder = await mkdtemp(join(tmpdir(), 'understory-print-'));
	const file = join(folder, 'page.pdf');
	const words = [
		...['--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
		...[`--user-data-dir=${join(folder, 'profile')}`, '--no-pdf-header-footer', `--print-to-pdf=${file}`],
		// For root Chromium has no sandbox; whoever prints in a container is that.
		...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
		url.href,
	];
	try {
		await promisify(execFile)(browser, words, { timeout: PATIENCE });
		const bytes = await readFile(file);
		if (!bytes.includes('/StructTreeRoot')) throw new Error('what it printed has no tags');
		return bytes;
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).syscall?.startsWith('spawn')) {
			throw new BadInput(`There is no browser at ${browser}. Name a Chromium with --browser.`);
		}
		throw new Unavailable('The browser did not print the page.', 'not_printed', { cause });
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
