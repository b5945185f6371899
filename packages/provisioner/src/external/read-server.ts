import type { ExternalDocument, ExternalRule } from '@understory/core/external-server.ts';
import { MARKUP, plainText, tidy } from './plain-text.ts';
import { readSecurity } from './read-security.ts';
import type { ServerAsker } from './server-asker.ts';
import { ServerUnread } from './server-fault.ts';

const MOST_RULES = 100;
const MOST_TEXT = 2_000;
const MOST_ABOUT = 20_000;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads what a server says of itself: `/api/v2/instance` or `/api/v1/instance`, rules, extended description, NodeInfo and `security.txt`, as Mastodon and
 * what speaks its API have them (https://docs.joinmastodon.org/methods/instance/, https://nodeinfo.diaspora.software, RFC 9116). Throws
 * `ServerUnread` when any of it cannot be told for sure, so that half an answer never looks like a change.
 */
export async function readServer(server: ServerAsker, host: string): Promise<ExternalDocument> {
	const instance = objectIn(
		(await server.json('/api/v2/instance')) ?? (await server.json('/api/v1/instance')),
	);
	if (!instance) throw new ServerUnread('not_mastodon');
	requireSame(host, words(instance.domain ?? instance.uri, 300));
	const about = objectIn(await server.json('/api/v1/instance/extended_description'));
	const contact = objectIn(instance.contact);
	const account = objectIn(contact?.account ?? instance.contact_account);
	return {
		type: 'understory/external-server/v1',
		host,
		software: await softwareOf(server),
		title: words(instance.title, 200),
		description: plainText(given(instance.description, MOST_TEXT)),
		languages: listIn(instance.languages)
			.slice(0, 50)
			.map((one) => words(one, 20)),
		rules: rulesIn(instance.rules ?? (await server.json('/api/v1/instance/rules'))),
		about: plainText(given(about?.content, MOST_ABOUT)) || null,
		contact: {
			email: words(contact?.email ?? instance.email, 300) || null,
			account: account ? accountName(words(account.acct ?? account.username, 300), host) : null,
		},
		security: readSecurity(await server.text('/.well-known/security.txt')),
	};
}

/** A server may be reached at a name below the one it stands for, and never at another. */
function requireSame(host: string, said: string): void {
	const name = said
		.toLowerCase()
		.replace(/^https?:\/\//, '')
		.replace(/\/$/, '');
	const asked = host.replace(/:\d+$/, '');
	const isOwn = name === host || name === asked || (name.includes('.') && asked.endsWith(`.${name}`));
	if (!isOwn) throw new ServerUnread('another', { detail: name.slice(0, 100) });
}

async function softwareOf(server: ServerAsker): Promise<string | null> {
	const links = listIn(objectIn(await server.json('/.well-known/nodeinfo'))?.links).map(objectIn);
	const href = links.findLast((link) => typeof link?.href === 'string')?.href;
	if (typeof href !== 'string' || !URL.canParse(href)) return null;
	// Its path alone: the host that was asked is the one that answers.
	const { pathname } = new URL(href);
	const software = objectIn(objectIn(await server.json(pathname))?.software);
	const name = words(software?.name, 60).toLowerCase();
	return /^[a-z0-9][a-z0-9._-]*$/.test(name) ? name : null;
}

function rulesIn(value: unknown): ExternalRule[] {
	const rules = listIn(value);
	if (rules.length > MOST_RULES) throw new ServerUnread('too_large');
	return rules.map((one) => {
		const rule = objectIn(one);
		const text = words(rule?.text, MOST_TEXT);
		if (!text) throw new ServerUnread('unreadable', { detail: 'a rule without words' });
		return { id: words(rule?.id, 60), text, hint: words(rule?.hint, MOST_TEXT) || null };
	});
}

function accountName(acct: string, host: string): string | null {
	if (!/^[\w.-]+(@[\w.:-]+)?$/.test(acct)) return null;
	return acct.includes('@') ? `@${acct}` : `@${acct}@${host}`;
}

/** A text that is plain already: markup in it is somebody trying something. A number is as good, an id may be one. */
function words(value: unknown, most: number): string {
	const text = given(typeof value === 'number' ? String(value) : value, most);
	if (MARKUP.test(text)) throw new ServerUnread('unreadable', { detail: 'markup where there is none' });
	return tidy(text);
}

function given(value: unknown, most: number): string {
	if (value === undefined || value === null) return '';
	if (typeof value !== 'string')
		throw new ServerUnread('unreadable', { detail: 'something that is no text' });
	if (value.length > most) throw new ServerUnread('too_large');
	return value;
}

function objectIn(value: unknown): Json | null {
	if (value === undefined || value === null) return null;
	if (typeof value !== 'object' || Array.isArray(value)) throw new ServerUnread('unreadable');
	return value as Json;
}

function listIn(value: unknown): readonly unknown[] {
	if (value === undefined || value === null) return [];
	if (!Array.isArray(value)) throw new ServerUnread('unreadable');
	return value;
}
