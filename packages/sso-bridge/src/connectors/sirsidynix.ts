import type { SirsiDynixConnection } from '@understory/core/sign-in-connections.ts';
import type { Block } from '@understory/core/sign-in-settings.ts';
import type { CardResult, Connector } from './connector.ts';
import { type Ask, asObject, unexpected } from './exchange.ts';
import { factsFrom, sameCard, textOf } from './facts.ts';
import { type HttpParts, httpConnector } from './http-connector.ts';
import { misconfigured } from './no-verdict.ts';

/**
 * Asks SirsiDynix Web Services (reference/library-sso.md 2.2): `user/patron/login` answers 200 with `patronKey`, which outlives cards, and a session with
 * which the patron's own record can be read.
 */
export function sirsiDynixConnector(connection: SirsiDynixConnection, parts: HttpParts): Connector {
	const { client_id, app_id = 'Understory', library, system = 'symphony', reads_patron = true } = connection;
	const ours = {
		'sd-originating-app-id': app_id,
		'x-sirs-clientid': client_id,
		...(library ? { 'sd-working-libraryid': library } : {}),
	};

	async function read(ask: Ask, path: string, session: string) {
		const headers = { ...ours, 'x-sirs-sessiontoken': session };
		const answer = await ask({ method: 'GET', path, headers });
		if (answer.status !== 200) throw unexpected(answer);
		const { key, fields } = answer.object();
		return { key: textOf(key), fields: asObject(fields) };
	}

	return httpConnector(connection, parts, {
		async ask(ask, { card, secret }, when): Promise<CardResult> {
			const answer = await ask({
				method: 'POST',
				path: '/user/patron/login',
				headers: ours,
				json: { login: card, ...(secret === null ? {} : { password: secret }) },
				secret: true,
			});
			if (answer.status === 401) {
				if (refusesUs(answer.object())) throw misconfigured('login_refused');
				return { outcome: 'bad_credentials' };
			}
			if (answer.status !== 200) throw unexpected(answer);
			const { patronKey, sessionToken } = answer.object();
			const [id, session] = [textOf(patronKey), textOf(sessionToken)];
			if (id === null || !/^[\w-]{1,40}$/.test(id) || session === null) throw misconfigured('unreadable');
			if (!reads_patron) return { outcome: 'ok', facts: factsFrom({ card, stableId: id }, when) };
			const patron = await read(ask, `/user/patron/key/${id}${fieldsFor(system)}`, session);
			const status = await read(ask, `/user/patronStatusInfo/key/${id}`, session);
			if (patron.key !== id || status.key !== id) throw misconfigured('another_patron');
			const { fields } = patron;
			// Symphony also lets in by another number of the patron (alternate id); the barcode is the card.
			const named = textOf(fields.barcode) ?? card;
			if (!sameCard(named, card) && textOf(fields.alternateID) !== card)
				return { outcome: 'bad_credentials' };
			const facts = factsFrom(
				{
					card: named,
					stableId: id,
					born: fields.birthDate,
					expires: fields.privilegeExpiresDate,
					over: status.fields.expired === true,
					location: keyOf(fields.library),
					patronType: keyOf(fields.profile) ?? keyOf(fields.patronType),
					blocks: blocksOf(keyOf(fields.standing) ?? keyOf(status.fields.standing)),
				},
				when,
			);
			return { outcome: 'ok', facts };
		},
		async reach(ask) {
			const answer = await ask({ method: 'GET', path: '/user/patron/describe', headers: ours });
			if (answer.status !== 200) throw unexpected(answer);
			answer.object();
		},
	});
}

/** Symphony gives what is named and no names or addresses; Horizon has no such choice. */
function fieldsFor(system: 'symphony' | 'horizon'): string {
	const fields = 'barcode,alternateID,birthDate,privilegeExpiresDate,library,profile,standing';
	return system === 'symphony' ? `?includeFields=${fields}` : '';
}

function keyOf(value: unknown): string | null {
	return typeof value === 'object' && value !== null ? textOf((value as { key?: unknown }).key) : null;
}

/** Is it we who are refused, and not the patron? */
function refusesUs({ messageList }: Readonly<Record<string, unknown>>): boolean {
	const codes = (Array.isArray(messageList) ? messageList : []).map((one: { code?: unknown }) =>
		textOf(one?.code),
	);
	return codes.some((code) => /client/i.test(code ?? ''));
}

const STANDINGS: Readonly<Record<string, Block>> = {
	barred: 'barred',
	blocked: 'no_borrowing',
	delinquent: 'overdues',
	collection: 'debts',
};

function blocksOf(standing: string | null): Block[] {
	const block = STANDINGS[standing?.toLowerCase() ?? ''];
	return block ? [block] : [];
}
