/** Labels no branch may have, because they mean something else at every library (DESIGN 5.5). */
export const RESERVED_LABELS: ReadonlySet<string> = new Set([
	'card',
	'accountability',
	'www',
	'api',
	'admin',
	'mail',
]);

const LABEL = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** May this be the label of a host name: RFC 1035, lower case, no `--` in the third place (IDNA), not reserved. */
export function isLabel(text: string): boolean {
	return LABEL.test(text) && text.slice(2, 4) !== '--' && !RESERVED_LABELS.has(text);
}

/**
 * A host label made from a name as people write it: `ST. JOHNS LIBRARY` -> `st-johns`. Accents are folded, words that say
 * only what it is (library, branch) are dropped when something is left. Null when nothing usable is left.
 */
export function toLabel(name: string): string | null {
	const folded = name
		.normalize('NFKD')
		.replace(/[\u0300-\u036f]/g, '')
		.toLowerCase()
		.replace(/['`’]/g, '')
		.replace(/&/g, ' and ');
	const words = folded.split(/[^a-z0-9]+/).filter(Boolean);
	const telling = words.filter((word) => !GENERIC.has(word));
	const label = (telling.length > 0 ? telling : words)
		.join('-')
		.replace(/^[^a-z]+/, '')
		.slice(0, 50)
		.replace(/-+$/, '');
	return isLabel(label) ? label : null;
}

const GENERIC: ReadonlySet<string> = new Set(['library', 'branch', 'public', 'the', 'libraries']);
