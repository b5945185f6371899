import type { EvergreenConnection } from '@understory/core/sign-in-connections.ts';
import type { CardResult, Connector } from './connector.ts';
import { basicAuth, unexpected } from './exchange.ts';
import { factsFrom } from './facts.ts';
import { type HttpParts, httpConnector } from './http-connector.ts';

/**
 * Asks Evergreen's RemoteAuth with HTTP Basic (reference/library-sso.md 2.2): 200 and the name that was given, or 403 for whoever is unknown, gave a wrong
 * password, has expired or is barred; a 401 is about the login that Evergreen's own server has for it. It tells nothing else of a patron.
 */
export function evergreenConnector(connection: EvergreenConnection, parts: HttpParts): Connector {
	return httpConnector(connection, parts, {
		async ask(ask, { card, secret }, when): Promise<CardResult> {
			// A colon ends the name (RFC 7617).
			if (card.includes(':')) return { outcome: 'bad_credentials' };
			const answer = await ask({
				method: 'GET',
				path: '',
				headers: { authorization: basicAuth(card, secret ?? '') },
				secret: true,
			});
			if (answer.status === 403) return { outcome: 'bad_credentials' };
			if (answer.status !== 200) throw unexpected(answer);
			if (answer.object().id !== card) return { outcome: 'bad_credentials' };
			return { outcome: 'ok', facts: factsFrom({ card }, when) };
		},
		async reach(ask) {
			// Without a name it asks for one, and says so in the header that belongs to that.
			const answer = await ask({ method: 'GET', path: '' });
			if (answer.status !== 401 || !answer.headers['www-authenticate']) throw unexpected(answer);
		},
	});
}
