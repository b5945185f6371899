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

export const KOHA = { user: 'bridge', password: 'koha-of-the-bridge' };
export const KOHA_CLIENT = { id: 'client', secret: 'koha-client-secret' };

/** Koha's REST interface as its source has it: `Auth/Password.pm`, `OAuth.pm`, the patron definition. */
export function startKoha(options: SimulatorOptions): Promise<Simulator> {
	return startSimulator('koha', options, (call, tools) => {
		if (call.method === 'POST' && call.path === '/api/v1/oauth/token') return token(call, tools);
		const login = basic(call.headers);
		const known =
			tools.trouble !== 'login_refused' &&
			(login
				? login.user === KOHA.user && login.password === KOHA.password
				: call.headers.authorization === 'Bearer koha-token');
		if (!known) return { status: 401, body: { error: 'Authentication required' } };
		if (call.method === 'POST' && call.path === '/api/v1/auth/password/validation')
			return validate(call, tools);
		const id = /^\/api\/v1\/patrons\/(\d+)$/.exec(call.path)?.[1];
		if (call.method === 'GET' && id) return patron(Number(id), tools);
		return null;
	});
}

function token({ body }: Call, { trouble }: Tools): Reply {
	const given = new URLSearchParams(body);
	const right =
		trouble !== 'login_refused' &&
		given.get('grant_type') === 'client_credentials' &&
		given.get('client_id') === KOHA_CLIENT.id &&
		given.get('client_secret') === KOHA_CLIENT.secret;
	if (!right) return { status: 403, body: { error: 'unauthorized_client' } };
	return { status: 200, body: { access_token: 'koha-token', token_type: 'Bearer', expires_in: 3600 } };
}

function validate({ body }: Call, tools: Tools): Reply {
	const { identifier, userid, password } = json(body);
	const refused = { status: 400, body: { error: 'Validation failed' } };
	const name = text(identifier) ?? text(userid);
	if (name === undefined) return refused;
	const found = tools.find(name);
	if (!tools.fits(name, text(password)) || !found) return refused;
	const told = tools.told(found);
	return {
		status: 201,
		body: { cardnumber: told.card, patron_id: recordNumber(told), userid: told.alias ?? told.card },
	};
}

function patron(id: number, tools: Tools): Reply {
	const found = tools.patrons.find((one) => recordNumber(one) === id);
	if (!found) return { status: 404, body: { error: 'Patron not found', error_code: 'not_found' } };
	return { status: 200, body: record(tools.told(found)) };
}

function record(one: IlsPatron): object {
	const [surname, firstname] = one.name.split(', ');
	return {
		patron_id: recordNumber(one),
		cardnumber: one.card,
		surname,
		firstname,
		address: one.address ?? null,
		email: one.email ?? null,
		phone: one.phone ?? null,
		date_of_birth: dashed(one.born),
		expiry_date: dashed(one.expires),
		library_id: one.home ?? 'CPL',
		category_id: one.kind === 'adult' ? 'PT' : 'J',
		patron_card_lost: one.state === 'lost',
		restricted: one.state === 'blocked',
		incorrect_address: false,
		login_attempts: 0,
		checkouts_count: 3,
		account_balance: one.state === 'owing' ? 25.5 : 0,
	};
}
