import type { IlsPatron } from '@understory/sip2/deck.ts';
import {
	basic,
	type Call,
	dashed,
	json,
	type Reply,
	recordNumber,
	type Simulator,
	type SimulatorOptions,
	startSimulator,
	type Tools,
	text,
} from './catalogue.ts';

export const SIERRA = { key: 'bridge', secret: 'sierra-of-the-bridge' };

const TOKEN = 'sierra-token';
const INVALID = {
	status: 400,
	body: {
		code: 108,
		specificCode: 0,
		httpStatus: 400,
		name: 'Invalid parameter',
		description: 'Invalid parameter : Invalid barcode or PIN',
	},
};

/** Sierra's REST interface, version 6. With `cutsPins`, `validate` compares eight characters of a PIN, as was reported of it. */
export function startSierra(options: SimulatorOptions & { cutsPins?: boolean }): Promise<Simulator> {
	return startSimulator('sierra', options, (call, tools) => {
		if (call.method === 'POST' && call.path === '/iii/sierra-api/v6/token') return token(call, tools);
		if (call.headers.authorization !== `Bearer ${TOKEN}` || tools.trouble === 'login_refused')
			return unauthorized('invalid_token');
		const path = call.path.replace(/^\/iii\/sierra-api/, '');
		if (call.method === 'POST' && path === '/v6/patrons/auth') return auth(call, tools);
		if (call.method === 'POST' && path === '/v6/patrons/validate')
			return validate(call, tools, options.cutsPins === true);
		if (call.method === 'POST' && path === '/v6/patrons/query') return query(call, tools);
		const id = /^\/v6\/patrons\/(\d+)$/.exec(path)?.[1];
		if (call.method === 'GET' && id) return patron(Number(id), call, tools);
		return null;
	});
}

function unauthorized(name: string): Reply {
	return { status: 401, body: { code: 123, specificCode: 0, httpStatus: 401, name } };
}

function token({ headers, body }: Call, { trouble }: Tools): Reply {
	const login = basic(headers);
	const right = login?.user === SIERRA.key && login.password === SIERRA.secret && trouble !== 'login_refused';
	if (!right || body !== 'grant_type=client_credentials') return unauthorized('invalid_client');
	return { status: 200, body: { access_token: TOKEN, token_type: 'bearer', expires_in: 3600 } };
}

function auth({ body }: Call, tools: Tools): Reply {
	const { authMethod, patronId, patronSecret } = json(body);
	const card = text(patronId) ?? '';
	if (authMethod !== 'native' || !tools.fits(card, text(patronSecret))) return INVALID;
	return { status: 200, body: recordNumber(tools.told(tools.find(card)!)) };
}

function validate({ body }: Call, tools: Tools, cuts: boolean): Reply {
	const { barcode, pin } = json(body);
	const found = tools.find(text(barcode) ?? '');
	const cut = cuts && found?.pin && text(pin)?.slice(0, 8) === found.pin.slice(0, 8) ? found.pin : text(pin);
	return tools.fits(text(barcode) ?? '', cut) ? { status: 204 } : INVALID;
}

function query({ body }: Call, tools: Tools): Reply {
	const { expr } = json(body) as { expr?: { operands?: unknown[] } };
	const found = tools.find(text(expr?.operands?.[0]) ?? '');
	const entries = found
		? [{ link: `https://sierra.example.org/iii/sierra-api/v6/patrons/${recordNumber(tools.told(found))}` }]
		: [];
	return { status: 200, body: { total: entries.length, start: 0, entries } };
}

/** Without `fields` the interface gives a few; names and addresses come only when they are named. */
function patron(id: number, { query: asked }: Call, tools: Tools): Reply {
	const found = tools.patrons.find((one) => recordNumber(one) === id);
	if (!found)
		return { status: 404, body: { code: 107, specificCode: 0, httpStatus: 404, name: 'Record not found' } };
	const all = record(tools.told(found));
	const wanted = asked.get('fields')?.split(',') ?? ['id', 'names', 'addresses'];
	const given = Object.entries(all).filter(([name]) => name === 'id' || wanted.includes(name));
	return { status: 200, body: Object.fromEntries(given) };
}

function record(one: IlsPatron): Record<string, unknown> {
	return {
		id: recordNumber(one),
		names: [one.name.toUpperCase()],
		addresses: [{ lines: [one.address ?? ''], type: 'a' }],
		emails: [one.email ?? ''],
		barcodes: [one.card],
		expirationDate: dashed(one.expires),
		birthDate: dashed(one.born),
		patronType: one.kind === 'adult' ? 0 : 22,
		homeLibraryCode: one.home ?? 'main ',
		blockInfo: { code: { lost: 'c', blocked: 'b' }[one.state as string] ?? '-' },
		moneyOwed: one.state === 'owing' ? 25.5 : 0,
	};
}
