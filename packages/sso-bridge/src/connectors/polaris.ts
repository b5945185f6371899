import { createHmac } from 'node:crypto';
import type { PolarisConnection } from '@understory/core/sign-in-connections.ts';
import type { CardResult, Connector, When } from './connector.ts';
import { type Ask, asObject, type CatalogueRequest, pathPart, unexpected } from './exchange.ts';
import { factsFrom, sameCard, textOf } from './facts.ts';
import { type HttpParts, httpConnector } from './http-connector.ts';
import { misconfigured, unavailable } from './no-verdict.ts';

/**
 * Asks the Polaris API (reference/library-sso.md 2.3): `authenticator/patron` answers PAPIErrorCode 0 and the patron's id, which outlives cards. The record is
 * read with what that answer gave (`basicdata` knows the former card number too, `patron/{barcode}` when the card ends). `url` ends in `/PAPIService/REST`.
 */
export function polarisConnector(connection: PolarisConnection, parts: HttpParts): Connector {
	const { url, language = 1033, application = 100, organization = 1, reads_patron = true } = connection;
	const base = `/public/v1/${language}/${application}/${organization}`;

	async function call(
		ask: Ask,
		{ now }: When,
		request: CatalogueRequest,
		session: { secret: string; token: string } | null = null,
	) {
		const date = new Date(now).toUTCString();
		const signed = `${request.method}${url}${request.path}${date}${session?.secret ?? ''}`;
		const signature = createHmac('sha1', connection.access_key).update(signed, 'utf8').digest('base64');
		const answer = await ask({
			...request,
			headers: {
				polarisdate: date,
				authorization: `PWS ${connection.access_id}:${signature}`,
				...(session ? { 'x-papi-accesstoken': session.token } : {}),
			},
		});
		if (answer.status !== 200) throw unexpected(answer);
		const body = answer.object();
		if (!Number.isSafeInteger(body.PAPIErrorCode)) throw misconfigured('unreadable');
		return { body, code: body.PAPIErrorCode as number };
	}

	return httpConnector(connection, parts, {
		async ask(ask, { card, secret }, when): Promise<CardResult> {
			const part = pathPart(card);
			// Its addresses cannot carry a plus sign, and would stand for another card.
			if (part === null || card.includes('+')) return { outcome: 'bad_credentials' };
			const { body, code } = await call(ask, when, {
				method: 'POST',
				path: `${base}/authenticator/patron`,
				json: { Barcode: card, ...(secret === null ? {} : { Password: secret }) },
				secret: true,
			});
			if (isAboutPatron(code)) return { outcome: 'bad_credentials' };
			if (code !== 0) throw faultOf(code);
			const id = textOf(body.PatronID);
			const [token, key] = [textOf(body.AccessToken), textOf(body.AccessSecret)];
			if (id === null || token === null || key === null) throw misconfigured('unreadable');
			if (!reads_patron) return { outcome: 'ok', facts: factsFrom({ card, stableId: id }, when) };
			const session = { secret: key, token };
			const path = `${base}/patron/${part}`;
			const basic = await call(ask, when, { method: 'GET', path: `${path}/basicdata` }, session);
			const patron = await call(ask, when, { method: 'GET', path }, session);
			if (basic.code !== 0 || patron.code !== 0) throw faultOf(basic.code || patron.code);
			const data = asObject(basic.body.PatronBasicData);
			const named = textOf(data.Barcode);
			if (textOf(data.PatronID) !== id || textOf(patron.body.PatronID) !== id || named === null)
				throw misconfigured('another_patron');
			const former = textOf(data.FormerBarcode) ?? textOf(data.FormerID);
			const names = [named, former, textOf(data.Username)];
			if (!names.some((name) => sameCard(name, card))) return { outcome: 'bad_credentials' };
			const facts = factsFrom(
				{
					card: named,
					formerCards: former === null ? [] : [former],
					stableId: id,
					born: netDate(data.BirthDate),
					expires: netDate(patron.body.ExpirationDate),
					over: patron.body.ValidPatron === false,
					location: patron.body.AssignedBranchID ?? data.PatronOrgID,
					patronType: patron.body.PatronCodeID ?? data.PatronCodeID,
				},
				when,
			);
			return { outcome: 'ok', facts };
		},
		async reach(ask, when) {
			const { code } = await call(ask, when, { method: 'GET', path: `${base}/apikeyvalidate` });
			if (code !== 0) throw faultOf(code);
		},
	});
}

/** The numbers with which the interface refuses a patron; the others are about the question. */
function isAboutPatron(code: number): boolean {
	return code <= -3000 && code > -4000;
}

function faultOf(code: number) {
	return code === -1 ? unavailable('server_error') : misconfigured('error_code');
}

/** YYYY-MM-DD of a `/Date(1759467600000-0500)/`, on the wall it was written at; other texts as they are. */
function netDate(value: unknown): string | null {
	const text = textOf(value);
	const found = /^\/Date\((-?\d{1,15})(?:([+-])(\d\d)(\d\d))?\)\/$/.exec(text ?? '');
	if (!found) return text;
	const [, at = '0', sign, hours = '0', minutes = '0'] = found;
	const ahead = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
	const moment = new Date(Number(at) + ahead);
	return Number.isNaN(moment.getTime()) ? null : moment.toISOString().slice(0, 10);
}
