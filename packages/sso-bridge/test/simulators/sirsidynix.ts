import type { IlsPatron } from '@understory/sip2/deck.ts';
import {
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

export const SIRSI = { client_id: 'BRIDGE_CLIENT' };

const message = (code: string, words: string) => ({ messageList: [{ code, message: words }] });

/** SirsiDynix Web Services of Symphony, or of Horizon. */
export function startSirsiDynix(
	options: SimulatorOptions & { system?: 'symphony' | 'horizon' },
): Promise<Simulator> {
	const sessions = new Map<string, number>();
	return startSimulator('sirsi', options, (call, tools) => {
		if (call.headers['x-sirs-clientid'] !== SIRSI.client_id || tools.trouble === 'login_refused')
			return { status: 401, body: message('clientIDInvalid', 'The client is not known.') };
		const path = call.path.replace(/^\/ilsws/, '');
		if (call.method === 'GET' && path === '/user/patron/describe')
			return { status: 200, body: { name: 'patron', fields: [] } };
		if (call.method === 'POST' && path === '/user/patron/login') return login(call, tools, sessions);
		const found = /^\/user\/(patron|patronStatusInfo)\/key\/(\w+)$/.exec(path);
		if (call.method !== 'GET' || !found) return null;
		const key = Number(found[2]);
		const session = sessions.get(String(call.headers['x-sirs-sessiontoken']));
		const patron = tools.patrons.find((one) => recordNumber(one) === key);
		// A patron reads their own record and no other.
		if (session !== key || !patron) return { status: 401, body: message('sessionTimedOut', 'No session.') };
		const told = tools.told(patron);
		if (found[1] === 'patronStatusInfo') return { status: 200, body: statusInfo(told) };
		return { status: 200, body: record(told, call.query.get('includeFields'), options.system ?? 'symphony') };
	});
}

function login({ body }: Call, tools: Tools, sessions: Map<string, number>): Reply {
	const { login: name, password } = json(body);
	const card = text(name) ?? '';
	if (!tools.fits(card, text(password)))
		return { status: 401, body: message('unableToLogin', 'Unable to log in.') };
	const key = recordNumber(tools.find(card)!);
	const sessionToken = `session-${sessions.size}`;
	sessions.set(sessionToken, key);
	return {
		status: 200,
		body: { pinCreateDate: null, pinExpirationDate: null, patronKey: String(key), sessionToken },
	};
}

function record(one: IlsPatron, include: string | null, system: 'symphony' | 'horizon'): object {
	const standing = { blocked: 'BARRED', owing: 'DELINQUENT' }[one.state as string] ?? 'OK';
	const all: Record<string, unknown> = {
		displayName: one.name,
		barcode: one.card,
		alternateID: '',
		birthDate: one.born === '' ? null : dashed(one.born),
		privilegeExpiresDate: dashed(one.expires),
		library: { resource: '/policy/library', key: one.home ?? 'MAIN' },
		standing: { resource: '/policy/patronStanding', key: standing },
		address1: [{ fields: { code: { key: 'EMAIL' }, data: one.email ?? '' } }],
		...(system === 'symphony'
			? { profile: { resource: '/policy/userProfile', key: one.kind === 'adult' ? 'ADULT' : 'JUV' } }
			: {
					patronType: { resource: '/policy/patronType', key: one.kind === 'adult' ? 'ADULT' : 'JUV' },
					approved: true,
				}),
	};
	const names = include?.split(',') ?? Object.keys(all);
	const fields = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
	return { resource: '/user/patron', key: String(recordNumber(one)), fields };
}

function statusInfo(one: IlsPatron): object {
	const owing = one.state === 'owing';
	const fields = {
		expired: one.state === 'expired',
		hasMaxFines: owing,
		hasMaxOverdueItem: false,
		estimatedFines: { currencyCode: 'USD', amount: owing ? '25.50' : '0.00' },
	};
	return { resource: '/user/patronStatusInfo', key: String(recordNumber(one)), fields };
}
