import type { IlsPatron } from '@understory/sip2/deck.ts';
import {
	dashed,
	type Reply,
	type Simulator,
	type SimulatorOptions,
	startSimulator,
	text,
} from './catalogue.ts';

export const ALMA = { api_key: 'alma-key-of-the-bridge' };

const failed = (errorCode: string, errorMessage: string): Reply => ({
	status: 400,
	body: {
		errorsExist: true,
		errorList: { error: [{ errorCode, errorMessage, trackingId: 'E01-1' }] },
		result: null,
	},
});

/** Alma's user interface, for users of the Ex Libris Identity Service. */
export function startAlma(options: SimulatorOptions): Promise<Simulator> {
	return startSimulator('alma', options, (call, tools) => {
		if (call.headers.authorization !== `apikey ${ALMA.api_key}` || tools.trouble === 'login_refused')
			return {
				status: 403,
				body: { errorsExist: true, errorList: { error: [{ errorCode: 'UNAUTHORIZED' }] } },
			};
		if (call.method === 'GET' && call.path === '/almaws/v1/users/operation/test') return { status: 200 };
		const given = /^\/almaws\/v1\/users\/([^/]+)$/.exec(call.path)?.[1];
		if (!given) return null;
		const card = decodeURIComponent(given);
		if (call.method === 'POST' && call.query.get('op') === 'auth') {
			if (!tools.find(card)) return failed('401861', `User with identifier ${card} was not found.`);
			const right = tools.fits(card, text(call.headers['exl-user-pw']));
			return right ? { status: 204 } : failed('401866', 'User authentication failed.');
		}
		const found = tools.find(card);
		if (call.method !== 'GET') return null;
		return found
			? { status: 200, body: record(tools.told(found)) }
			: failed('401861', 'User with identifier was not found.');
	});
}

function record(one: IlsPatron): object {
	const [last_name, first_name] = one.name.split(', ');
	return {
		primary_id: `p${one.internalId}`,
		first_name,
		last_name,
		user_group: { value: one.kind === 'adult' ? '02' : '07', desc: 'Group' },
		campus_code: { value: one.home ?? 'MAIN', desc: '' },
		birth_date: one.born === '' ? null : `${dashed(one.born)}Z`,
		expiry_date: `${dashed(one.expires)}Z`,
		status: { value: one.state === 'expired' ? 'INACTIVE' : 'ACTIVE', desc: '' },
		contact_info: { email: [{ email_address: one.email }] },
		user_identifier: [{ value: one.card, id_type: { value: 'BARCODE', desc: 'Barcode' }, status: 'ACTIVE' }],
		user_block: [
			...(one.state === 'blocked' ? [block('BARRED', 'ACTIVE')] : []),
			...(one.state === 'owing' ? [block('CASH', 'ACTIVE')] : []),
			...(one.state === 'good' ? [block('BARRED', 'INACTIVE')] : []),
		],
	};
}

const block = (value: string, block_status: string) => ({
	block_type: { value: 'USER', desc: 'User' },
	block_description: { value, desc: value },
	block_status,
});
