import { NotFound } from '@understory/core/errors.ts';
import type { ExternalRecord } from '@understory/core/external-server.ts';
import { externalLinkedData } from '../data/external-data.ts';
import type { Library } from '../registers.ts';
import type { KeptExternalVersion } from '../store/external-versions.ts';
import { externalChanges } from './external-changes.ts';
import type { Reading } from './reading.ts';

/** The server of a library at this host, as the register has it; undefined when there is none. */
export function externalAt({ register }: Library, host: string): ExternalRecord | undefined {
	return register.external?.find((server) => server.host === host);
}

/** A server as a line of the list: its name, what it runs on, and whether it can be read. */
export function externalLine({ t, date }: Reading, server: ExternalRecord) {
	const { document } = server.versions[0]!;
	return {
		name: server.name,
		host: server.host,
		href: `/branches/${server.host}`,
		software: document.software ?? t('external.unknown_software'),
		rules: t('external.rules_count', { count: document.rules.length }),
		read: t('external.read_on', { date: date(server.read_on) }),
		unread: server.unread_since ? t('external.unread', { date: date(server.unread_since) }) : null,
	};
}

/**
 * `/branches/{host}` of a server that is no branch, and `/branches/{host}/versions/{number}`: what it says of itself, since when, and what it said otherwise
 * before. `versions` are all that were kept, the newest first. Throws `NotFound` for one that there never was.
 */
export function externalPage(
	reading: Reading,
	host: string,
	versions: readonly KeptExternalVersion[],
	asked?: string,
) {
	const { library, t, date } = reading;
	const server = externalAt(library, host) ?? null;
	const newest = server?.versions[0];
	const number = asked ?? String(newest?.version);
	const at = versions.findIndex(({ version }) => String(version) === number);
	// What stands on the page of the server itself is the register's word.
	const shown = asked === undefined ? newest : versions[at];
	if (!shown) throw new NotFound('This library never listed such a server.');
	const { document, version, sha256, read_on } = shown;
	const before = versions[at + 1];
	const name = server?.name ?? document.title;
	return {
		title:
			asked === undefined ? t('external.title', { name }) : t('external.version_title', { name, version }),
		...(server && asked === undefined ? { linked: externalLinkedData(library, server) } : {}),
		heading: asked === undefined ? name : t('external.version_title', { name, version }),
		mark: { kind: 'wait', label: t('external.mark') },
		host,
		visit: server ? `${server.origin}/` : null,
		gone: server === null,
		unread: server?.unread_since
			? {
					title: t('external.unread', { date: date(server.unread_since) }),
					text: t('external.unread_text', { date: date(server.read_on) }),
				}
			: null,
		read: t('external.version_read', { version, date: date(read_on) }),
		checked: server && t('external.read_on', { date: date(server.read_on) }),
		newest:
			at > 0
				? { href: `/branches/${host}/versions/${versions[0]!.version}`, version: versions[0]!.version }
				: null,
		said: {
			...document,
			software: document.software ?? t('external.unknown_software'),
			paragraphs: (document.about ?? '').split('\n').filter(Boolean),
			contact: [document.contact.email, document.contact.account].filter(Boolean).join(', ') || null,
			security: document.security?.contacts.join(', ') ?? null,
		},
		changes: before
			? {
					heading: t('external.changes', { version: before.version }),
					fields: externalChanges(reading, before.document, document),
				}
			: null,
		versions: versions.map((one) => ({
			number: one.version,
			href:
				one.version === version && asked !== undefined ? null : `/branches/${host}/versions/${one.version}`,
			from: date(one.read_on),
		})),
		digest: sha256,
		file: `/branches/${host}/versions/${version}.json`,
	};
}
