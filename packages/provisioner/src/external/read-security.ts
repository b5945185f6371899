import type { ExternalDocument } from '@understory/core/external-server.ts';

/**
 * Whom a `security.txt` names (RFC 9116): its contacts and its policy; null where nobody is named. When it expires is left out: on many servers that
 * changes by itself.
 */
export function readSecurity(text: string | null): ExternalDocument['security'] {
	const contacts: string[] = [];
	let policy: string | null = null;
	for (const line of (text ?? '').split(/\r?\n/)) {
		const [, name, value] = /^(contact|policy):\s*([^\s<>"']{1,500})\s*$/i.exec(line) ?? [];
		if (!name || !value) continue;
		if (name.toLowerCase() === 'policy') policy ??= /^https:\/\//i.test(value) ? value : null;
		else if (/^(mailto:|tel:|https:\/\/)/i.test(value)) contacts.push(value);
	}
	return contacts.length === 0 ? null : { contacts: contacts.slice(0, 10), policy };
}
