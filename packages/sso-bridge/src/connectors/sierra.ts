import type { SierraConnection } from '@understory/core/sign-in-connections.ts';
import type { CardFacts, CardResult, Connector, When } from './connector.ts';
import { type Ask, basicAuth, type CatalogueAnswer, type CatalogueRequest, unexpected } from './exchange.ts';
import { factsFrom, textOf } from './facts.ts';
import { type HttpParts, httpConnector } from './http-connector.ts';
import { misconfigured } from './no-verdict.ts';
import { askWith, clientToken, keepToken } from './token.ts';

/** The interface's own word for a body it could not read, which is no word about a PIN. */
const BAD_SYNTAX = 130;

/**
 * Asks Sierra's REST interface, version 6 (reference/library-sso.md 2.3). `auth` answers 200 with the number of the patron's record, which outlives cards;
 * `validate` answers 204 and tells nothing, and is reported to compare only eight characters of a PIN. A refusal is 400. Which of the two is asked is a setting,
 * so that one sign-in is never two tries.
 */
export function sierraConnector(connection: SierraConnection, parts: HttpParts): Connector {
	const { client, question = 'auth', reads_patron = true } = connection;
	const tokens = keepToken((ask, now) =>
		clientToken(
			ask,
			{
				method: 'POST',
				path: '/v6/token',
				headers: { authorization: basicAuth(client.key, client.secret) },
				form: { grant_type: 'client_credentials' },
			},
			now,
		),
	);
	const enter = (ask: Ask, { now }: When, request: CatalogueRequest): Promise<CatalogueAnswer> =>
		askWith(tokens, ask, now, (token) => ({ ...request, headers: { authorization: `Bearer ${token}` } }));

	async function record(ask: Ask, id: string, when: When) {
		const path = `/v6/patrons/${id}?fields=${fieldsFor(parts)}`;
		const answer = await enter(ask, when, { method: 'GET', path });
		if (answer.status !== 200) throw unexpected(answer);
		const patron = answer.object();
		if (textOf(patron.id) !== id) throw misconfigured('another_patron');
		return patron;
	}

	/** Who a validated card belongs to, looked for in a body, so that the card stands in no address. */
	async function idOf(ask: Ask, card: string, when: When): Promise<string> {
		const json = {
			target: { record: { type: 'patron' }, field: { tag: 'b' } },
			expr: { op: 'equals', operands: [card, ''] },
		};
		const answer = await enter(ask, when, {
			method: 'POST',
			path: '/v6/patrons/query?offset=0&limit=2',
			json,
		});
		if (answer.status !== 200) throw unexpected(answer);
		const { entries } = answer.object();
		const links = Array.isArray(entries) ? entries.map((entry: { link?: unknown }) => entry?.link) : [];
		const id = /\/patrons\/(\d{1,15})$/.exec(links.length === 1 ? (textOf(links[0]) ?? '') : '')?.[1];
		if (!id) throw misconfigured('no_single_record');
		return id;
	}

	return httpConnector(connection, parts, {
		async ask(ask, { card, secret }, when): Promise<CardResult> {
			const json =
				question === 'auth'
					? { authMethod: 'native', patronId: card, ...(secret === null ? {} : { patronSecret: secret }) }
					: { barcode: card, caseSensitivity: true, ...(secret === null ? {} : { pin: secret }) };
			const path = `/v6/patrons/${question}`;
			const answer = await enter(ask, when, { method: 'POST', path, json, secret: true });
			if (answer.status === 400 && answer.object().code !== BAD_SYNTAX) return { outcome: 'bad_credentials' };
			if (answer.status !== (question === 'auth' ? 200 : 204)) throw unexpected(answer);
			const told = question === 'auth' ? recordNumber(answer) : null;
			if (!reads_patron) return { outcome: 'ok', facts: factsFrom({ card, stableId: told }, when) };
			const id = told ?? (await idOf(ask, card, when));
			const patron = await record(ask, id, when);
			const cards = (Array.isArray(patron.barcodes) ? patron.barcodes : []).map(textOf);
			// A validated card must be one of the record's; to `auth` people may give another name than a number.
			const named = cards.includes(card) ? card : question === 'auth' ? cards[0] : null;
			if (!named) return { outcome: 'bad_credentials' };
			return { outcome: 'ok', facts: factsOf(named, id, patron, connection, when) };
		},
		async reach(ask, { now }) {
			tokens.forget();
			await tokens.get(ask, now);
		},
	});
}

function recordNumber(answer: CatalogueAnswer): string {
	const id = textOf(answer.value());
	if (id === null || !/^\d{1,15}$/.test(id)) throw misconfigured('unreadable');
	return id;
}

/** Named one by one: without, the interface gives names and addresses too. */
function fieldsFor({ wants }: HttpParts): string {
	const always = ['barcodes', 'expirationDate', 'birthDate', 'blockInfo'];
	const wanted = [
		...(wants.has('location') ? ['homeLibraryCode'] : []),
		...(wants.has('patron_type') ? ['patronType'] : []),
	];
	return [...always, ...wanted].join(',');
}

function factsOf(
	card: string,
	id: string,
	patron: Readonly<Record<string, unknown>>,
	{ blocks = {} }: SierraConnection,
	when: When,
): CardFacts {
	const code = textOf((patron.blockInfo as { code?: unknown } | undefined)?.code) ?? '-';
	return factsFrom(
		{
			card,
			stableId: id,
			born: patron.birthDate,
			expires: patron.expirationDate,
			location: patron.homeLibraryCode,
			patronType: patron.patronType,
			blocks: code === '-' ? [] : [Object.hasOwn(blocks, code) ? blocks[code]! : 'other'],
		},
		when,
	);
}
