import type { FolioConnection } from '@understory/core/sign-in-connections.ts';
import type { CardResult, Connector, When } from './connector.ts';
import { type Ask, asObject, type CatalogueRequest, unexpected } from './exchange.ts';
import { factsFrom, textOf } from './facts.ts';
import { type HttpParts, httpConnector } from './http-connector.ts';
import { misconfigured } from './no-verdict.ts';
import { askWith, keepToken, type Token } from './token.ts';

/**
 * Asks FOLIO (reference/library-sso.md 2.2): a service account finds the user whose card it is, then their PIN is verified (`patron-pin/verify`: 200 or 422), or
 * their password is tried (`authn/login-with-expiry`: 201, or 401 and 422). The user's UUID outlives cards.
 */
export function folioConnector(connection: FolioConnection, parts: HttpParts): Connector {
	const { tenant, login, secret: kind = 'pin', card_field = 'barcode' } = connection;
	const ours = { 'x-okapi-tenant': tenant };
	const loginRequest = (username: string, password: string): CatalogueRequest => ({
		method: 'POST',
		path: '/authn/login-with-expiry',
		headers: ours,
		json: { username, password },
	});
	const tokens = keepToken(async (ask, now): Promise<Token> => {
		const answer = await ask(loginRequest(login.user, login.password));
		if ([400, 401, 422].includes(answer.status)) throw misconfigured('login_refused');
		if (answer.status !== 201) throw unexpected(answer);
		const token = /(?:^|\n)folioAccessToken=([^;\n]+)/.exec(answer.headers['set-cookie'] ?? '')?.[1];
		const until = Date.parse(textOf(answer.object().accessTokenExpiration) ?? '');
		if (!token || Number.isNaN(until)) throw misconfigured('unreadable');
		return { token, until: Math.max(until, now) };
	});
	const enter = (ask: Ask, { now }: When, request: CatalogueRequest) =>
		askWith(tokens, ask, now, (token) => ({
			...request,
			headers: { ...ours, ...request.headers, 'x-okapi-token': token },
		}));

	async function find(ask: Ask, card: string, when: When) {
		const query = new URLSearchParams({ query: `${card_field}=="${card}"`, limit: '2' });
		const answer = await enter(ask, when, { method: 'GET', path: `/users?${query.toString()}` });
		if (answer.status !== 200) throw unexpected(answer);
		const { users } = answer.object();
		if (!Array.isArray(users)) throw misconfigured('unreadable');
		const [user] = users.map(asObject);
		return users.length === 1 && user![card_field] === card ? user! : null;
	}

	async function proves(
		ask: Ask,
		user: Readonly<Record<string, unknown>>,
		secret: string | null,
		when: When,
	) {
		if (kind === 'password') {
			const answer = await ask({
				...loginRequest(textOf(user.username) ?? '', secret ?? ''),
				secret: true,
			});
			if (answer.status === 401 || answer.status === 422) return false;
			if (answer.status === 201) return true;
			throw unexpected(answer);
		}
		const answer = await enter(ask, when, {
			method: 'POST',
			path: '/patron-pin/verify',
			headers: { accept: 'text/plain' },
			json: { id: user.id, ...(secret === null ? {} : { pin: secret }) },
			secret: true,
		});
		if (answer.status === 422) return false;
		if (answer.status === 200) return true;
		throw unexpected(answer);
	}

	return httpConnector(connection, parts, {
		async ask(ask, { card, secret }, when): Promise<CardResult> {
			// Whatever could end the quotation of a query or match more than itself is on no card.
			if (!/^[\p{L}\p{N}@._+-]+$/u.test(card)) return { outcome: 'bad_credentials' };
			const user = await find(ask, card, when);
			if (!user) return { outcome: 'bad_credentials' };
			const id = textOf(user.id);
			if (id === null) throw misconfigured('unreadable');
			if (!(await proves(ask, user, secret, when))) return { outcome: 'bad_credentials' };
			const { dateOfBirth } = asObject(user.personal ?? {});
			return {
				outcome: 'ok',
				facts: factsFrom(
					{
						card: textOf(user.barcode) ?? card,
						stableId: id,
						born: dateOfBirth,
						expires: user.expirationDate,
						over: user.active === false,
						patronType: user.patronGroup,
					},
					when,
				),
			};
		},
		async reach(ask, { now }) {
			tokens.forget();
			await tokens.get(ask, now);
		},
	});
}
