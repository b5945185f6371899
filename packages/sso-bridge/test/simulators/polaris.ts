import { createHmac } from 'node:crypto';
import type { IlsPatron } from '@understory/sip2/deck.ts';
import {
	type Call,
	json,
	type Reply,
	recordNumber,
	type Simulator,
	type SimulatorOptions,
	startSimulator,
	type Tools,
	text,
} from './catalogue.ts';

export const POLARIS = { access_id: 'BRIDGE', access_key: 'papi-key-of-the-bridge' };

const BASE = '/PAPIService/REST/public/v1/1033/100/1';
const SECRET = 'access-secret-of-a-patron';
const NO_PATRON = { PAPIErrorCode: -3000, ErrorMessage: 'Patron does not exist' };
const WRONG = { PAPIErrorCode: -3001, ErrorMessage: 'Invalid password' };

/** The Polaris API. `former` tells which card somebody had before: it finds them too. */
export async function startPolaris(
	options: SimulatorOptions & { former?: Readonly<Record<string, string>> },
): Promise<Simulator> {
	const { former = {} } = options;
	let origin = '';
	const simulator = await startSimulator('polaris', options, (call, tools) => {
		const current = (card: string) => Object.keys(former).find((one) => former[one] === card) ?? card;
		const path = call.path.startsWith(BASE) ? call.path.slice(BASE.length) : '';
		const patron = /^\/patron\/([^/]+)(\/basicdata)?$/.exec(path);
		const signedWith = patron ? SECRET : '';
		if (tools.trouble === 'login_refused' || !isSigned(call, `${origin}${call.path}`, signedWith))
			return { status: 401, body: { PAPIErrorCode: -4, ErrorMessage: 'Invalid signature' } };
		if (call.method === 'POST' && path === '/authenticator/patron') return authenticate(call, tools, current);
		if (call.method === 'GET' && path === '/apikeyvalidate')
			return { status: 200, body: { PAPIErrorCode: 0, ErrorMessage: '' } };
		if (call.method !== 'GET' || !patron) return null;
		const found = tools.find(current(decodeURIComponent(patron[1]!)));
		if (!found) return { status: 200, body: NO_PATRON };
		const told = tools.told(found);
		return { status: 200, body: patron[2] ? basicData(told, former[told.card]) : validity(told) };
	});
	origin = simulator.origin;
	return simulator;
}

function isSigned({ method, headers }: Call, address: string, secret: string): boolean {
	const date = String(headers.polarisdate ?? '');
	const signature = createHmac('sha1', POLARIS.access_key)
		.update(`${method}${address}${date}${secret}`)
		.digest('base64');
	return headers.authorization === `PWS ${POLARIS.access_id}:${signature}` && !Number.isNaN(Date.parse(date));
}

function authenticate({ body }: Call, tools: Tools, current: (card: string) => string): Reply {
	const { Barcode, Password } = json(body);
	const card = current(text(Barcode) ?? '');
	if (!tools.find(card)) return { status: 200, body: NO_PATRON };
	if (!tools.fits(card, text(Password))) return { status: 200, body: WRONG };
	const patron = tools.find(card)!;
	return {
		status: 200,
		body: {
			PAPIErrorCode: 0,
			ErrorMessage: null,
			AccessToken: 'access-token-of-a-patron',
			AccessSecret: SECRET,
			AuthExpDate: null,
			PatronID: recordNumber(patron),
		},
	};
}

/** `/Date(…)/` of a day, at noon of a wall five hours behind. */
function netDate(day: string): string | null {
	if (day === '') return null;
	const at = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6)), 5);
	return `/Date(${at}-0500)/`;
}

function basicData(one: IlsPatron, former: string | undefined): object {
	const [last, first] = one.name.split(', ');
	return {
		PAPIErrorCode: 0,
		ErrorMessage: '',
		PatronBasicData: {
			PatronID: recordNumber(one),
			Barcode: one.card,
			FormerID: former ?? '',
			NameFirst: first,
			NameLast: last,
			EmailAddress: one.email ?? '',
			PhoneNumber: one.phone ?? '',
			BirthDate: netDate(one.born),
			PatronOrgID: one.home ?? '1',
			PatronCodeID: one.kind === 'adult' ? 1 : 2,
			Username: null,
		},
	};
}

function validity(one: IlsPatron): object {
	return {
		PAPIErrorCode: 0,
		ErrorMessage: '',
		Barcode: one.card,
		PatronBarcode: one.card,
		PatronID: recordNumber(one),
		AssignedBranchID: one.home ?? '1',
		AssignedBranchName: 'Main',
		PatronCodeID: one.kind === 'adult' ? 1 : 2,
		ExpirationDate: netDate(one.expires),
		OverridePasswordUsed: false,
		ValidPatron: true,
	};
}
