import type { IlsPatron } from '@understory/sip2/deck.ts';
import {
	type Call,
	dashed,
	json,
	type Reply,
	type Simulator,
	type SimulatorOptions,
	startSimulator,
	type Tools,
	text,
} from './catalogue.ts';

export const FOLIO = { tenant: 'diku', login: { user: 'bridge', password: 'folio-of-the-bridge' } };

const TOKEN = 'folio-access-token';
export const uuidOf = (one: IlsPatron): string =>
	`00000000-0000-4000-8000-${one.internalId!.replace(/\D/g, '').padStart(12, '0')}`;

/**
 * FOLIO: mod-users, mod-login with tokens that end, the PINs of mod-users. A query is run as CQL is: what stands between quotation marks may hold wildcards and
 * escapes, and a quotation mark ends it.
 */
export function startFolio(options: SimulatorOptions): Promise<Simulator> {
	return startSimulator('folio', options, (call, tools) => {
		if (call.headers['x-okapi-tenant'] !== FOLIO.tenant) return { status: 403, body: 'no tenant' };
		if (call.method === 'POST' && call.path === '/authn/login-with-expiry') return login(call, tools);
		if (call.headers['x-okapi-token'] !== TOKEN || tools.trouble === 'login_refused')
			return { status: 401, body: 'Token missing or invalid' };
		if (call.method === 'GET' && call.path === '/users') return users(call, tools);
		if (call.method === 'POST' && call.path === '/patron-pin/verify') return verify(call, tools);
		return null;
	});
}

function login({ body }: Call, tools: Tools): Reply {
	const { username, password } = json(body);
	const wrong = {
		status: 422,
		body: { errors: [{ message: 'Password does not match', code: 'password.incorrect' }] },
	};
	const service = username === FOLIO.login.user;
	const right = service
		? password === FOLIO.login.password && tools.trouble !== 'login_refused'
		: tools.fits((text(username) ?? '').replace(/^u/, ''), text(password));
	if (!right) return wrong;
	const expiration = new Date(tools.now + 600_000).toISOString();
	return {
		status: 201,
		headers: {
			'set-cookie': [
				`folioRefreshToken=refresh; Path=/authn; Secure; HttpOnly`,
				`folioAccessToken=${service ? TOKEN : 'token-of-a-patron'}; Path=/; Secure; HttpOnly`,
			],
		},
		body: { accessTokenExpiration: expiration, refreshTokenExpiration: expiration },
	};
}

function users({ query }: Call, tools: Tools): Reply {
	const cql = /^(\w+)=="((?:[^"\\]|\\.)*)"(.*)$/s.exec(query.get('query') ?? '');
	if (cql?.[3] !== '') return { status: 400, body: 'Querying CQL error' };
	const [, field, term = ''] = cql;
	const pattern = [...term.matchAll(/\\(.)|(.)/gs)]
		.map(([, escaped, plain]) =>
			plain === '*' ? '.*' : plain === '?' ? '.' : literally(escaped ?? plain ?? ''),
		)
		.join('');
	const found = tools.patrons.filter(
		(one) => field === 'barcode' && new RegExp(`^${pattern}$`, 'is').test(one.card),
	);
	return {
		status: 200,
		body: { users: found.map((one) => user(tools.told(one))), totalRecords: found.length },
	};
}

const literally = (sign: string) => sign.replace(/[^\p{L}\p{N}]/u, '\\$&');

function verify({ body }: Call, tools: Tools): Reply {
	const { id, pin } = json(body);
	const found = tools.patrons.find((one) => uuidOf(one) === id);
	return found && tools.fits(found.card, text(pin)) ? { status: 200 } : { status: 422 };
}

function user(one: IlsPatron): object {
	const [lastName, firstName] = one.name.split(', ');
	return {
		id: uuidOf(one),
		username: `u${one.card}`,
		barcode: one.card,
		active: one.state !== 'expired',
		patronGroup:
			one.kind === 'adult' ? '503a81cd-6c26-400f-b620-14c08943697c' : 'ad0bc554-d5bc-463c-85d1-5562127ae91b',
		personal: {
			lastName,
			firstName,
			email: one.email,
			...(one.born === '' ? {} : { dateOfBirth: `${dashed(one.born)}T00:00:00.000+00:00` }),
			addresses: [{ addressLine1: one.address }],
		},
		expirationDate: `${dashed(one.expires)}T00:00:00.000+00:00`,
	};
}
