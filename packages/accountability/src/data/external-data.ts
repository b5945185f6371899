import type { ExternalRecord } from '@understory/core/external-server.ts';
import type { Library } from '../registers.ts';
import type { LinkedData } from './linked-data.ts';

/** A server that is no branch, for `/branches.json`: its own word, with the version and the digest under which that stands. */
export function externalJson({ origin }: Library, server: ExternalRecord): object {
	const { version, sha256, read_on, document } = server.versions[0]!;
	return {
		host: server.host,
		url: `${server.origin}/`,
		page: `${origin}/branches/${server.host}`,
		name: server.name,
		kind: 'external',
		software: document.software,
		...{ own_word: true, moderation_log: null },
		read_on: server.read_on,
		unread_since: server.unread_since ?? null,
		said: { version, read_on, sha256, url: `${origin}/branches/${server.host}/versions/${version}` },
		rules: document.rules,
		contact: document.contact,
		security: document.security,
		languages: document.languages,
	};
}

/** The same in the words of schema.org. */
export function externalLinkedData({ origin, register }: Library, server: ExternalRecord): LinkedData {
	const { version, document } = server.versions[0]!;
	const { email } = document.contact;
	return {
		'@context': 'https://schema.org',
		'@type': 'WebSite',
		'@id': `${origin}/branches/${server.host}`,
		name: server.name,
		url: `${server.origin}/`,
		...(document.description ? { description: document.description } : {}),
		...(document.languages.length > 0 ? { inLanguage: document.languages } : {}),
		publisher: {
			...{ '@type': 'GovernmentOrganization', '@id': `${origin}/` },
			...{ name: register.library.name, url: `${origin}/` },
			...(email ? { contactPoint: { '@type': 'ContactPoint', contactType: server.name, email } } : {}),
		},
		publishingPrinciples: `${origin}/branches/${server.host}/versions/${version}`,
	};
}
