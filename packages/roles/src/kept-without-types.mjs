import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Imported before everything else on one machine: what root wrote down of our files without their types (`infra/one-machine/without-types.ts`)
 * is loaded in their place, by what is in them, so that a file that was changed since is run as it is. Without it Node takes the types out
 * by itself, with 11 MB that stay for as long as the process runs.
 */
const KEPT = new URL('../../../node_modules/.cache/understory-without-types/', import.meta.url);

registerHooks({
	load(url, context, next) {
		const source =
			url.startsWith('file:') && url.endsWith('.ts') ? kept(readFileSync(fileURLToPath(url))) : null;
		return source === null ? next(url, context) : { format: 'module', source, shortCircuit: true };
	},
});

/**
 * What is kept for a source, if it is whole: its last line is the digest of those before.
 * @param {Buffer} text
 */
function kept(text) {
	try {
		const all = readFileSync(new URL(digestOf(text), KEPT), 'utf8');
		const end = all.lastIndexOf('\n//');
		const source = all.slice(0, end);
		return all.slice(end + 3) === digestOf(source) ? source : null;
	} catch {
		return null;
	}
}

/** @param {string | Buffer} text */
function digestOf(text) {
	return createHash('sha256').update(text).digest('hex');
}
