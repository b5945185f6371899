import type { KohaConnection } from '@understory/core/sign-in-connections.ts';
import type { Block } from '@understory/core/sign-in-settings.ts';
import type { CardResult, Connector, When } from './connector.ts';
import { type Ask, asObject, basicAuth, type CatalogueRequest, unexpected } from './exchange.ts';
import { factsFrom, sameCard, textOf } from './facts.ts';
import { type HttpParts, httpConnector } from './http-connector.ts';
import { misconfigured } from './no-verdict.ts';
import { askWith, clientToken, keepToken } from './token.ts';

/**
 * Asks Koha's REST interface (`/api/v1/auth/password/validation`, reference/library-sso.md 2.2). Its answer is 201 with the card, the id and the user name; 400
 * with `error` for an unknown card and a wrong PIN alike.
 */
export function kohaConnector(connection: KohaConnection, parts: HttpParts): Connector {
	const { login, client, reads_patron = true } = connection;
	const tokens = keepToken((ask, now) =>
		clientToken(
			ask,
			{
				method: 'POST',
				path: '/api/v1/oauth/token',
				form: {
					grant_type: 'client_credentials',
					client_id: client?.id ?? '',
					client_secret: client?.secret ?? '',
				},
			},
			now,
		),
	);
	const enter = (ask: Ask, { now }: When, request: CatalogueRequest) => {
		if (login) return ask({ ...request, headers: { authorization: basicAuth(login.user, login.password) } });
		return askWith(tokens, ask, now, (token) => ({
			...request,
			headers: { authorization: `Bearer ${token}` },
		}));
	};
	return httpConnector(connection, parts, {
		async ask(ask, { card, secret }, when): Promise<CardResult> {
			const answer = await enter(ask, when, {
				method: 'POST',
				path: '/api/v1/auth/password/validation',
				json: { identifier: card, ...(secret === null ? {} : { password: secret }) },
				secret: true,
			});
			if (answer.status === 400 && typeof answer.object().error === 'string')
				return { outcome: 'bad_credentials' };
			if (answer.status !== 201) throw unexpected(answer);
			const { cardnumber, userid, patron_id } = answer.object();
			const named = textOf(cardnumber);
			const asked = sameCard(cardnumber, card) || sameCard(userid, card);
			if (named === null || !asked) return { outcome: 'bad_credentials' };
			const id = patronId(patron_id);
			if (!reads_patron) return { outcome: 'ok', facts: factsFrom({ card: named, stableId: id }, when) };
			const patron = await enter(ask, when, { method: 'GET', path: `/api/v1/patrons/${id}` });
			if (patron.status !== 200) throw unexpected(patron);
			const record = asObject(patron.value());
			if (patronId(record.patron_id) !== id || !sameCard(record.cardnumber, named))
				throw misconfigured('another_patron');
			return {
				outcome: 'ok',
				facts: factsFrom(
					{
						card: named,
						stableId: id,
						born: record.date_of_birth,
						expires: record.expiry_date,
						location: record.library_id,
						patronType: record.category_id,
						blocks: blocksOf(record),
					},
					when,
				),
			};
		},
		async reach(ask, when) {
			tokens.forget();
			// Without an identifier nobody is asked about; what is refused then is the question, not the login.
			const answer = await enter(ask, when, {
				method: 'POST',
				path: '/api/v1/auth/password/validation',
				json: { password: '' },
			});
			if (answer.status !== 400) throw unexpected(answer);
			answer.object();
		},
	});
}

function patronId(value: unknown): number {
	if (!Number.isSafeInteger(value)) throw misconfigured('unreadable');
	return value as number;
}

/** `restricted` may come of overdues and suspensions as well as of staff, and Koha does not say which. */
function blocksOf(record: Readonly<Record<string, unknown>>): Block[] {
	const named: [Block, unknown][] = [
		['lost_card', record.patron_card_lost],
		['other', record.restricted],
		['address', record.incorrect_address],
	];
	return named.filter(([, set]) => set === true || set === 1).map(([block]) => block);
}
