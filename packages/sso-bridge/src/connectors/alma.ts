import type { AlmaConnection } from '@understory/core/sign-in-connections.ts';
import type { Block } from '@understory/core/sign-in-settings.ts';
import type { CardResult, Connector } from './connector.ts';
import { type CatalogueAnswer, pathPart, unexpected } from './exchange.ts';
import { factsFrom, sameCard, textOf } from './facts.ts';
import { type HttpParts, httpConnector } from './http-connector.ts';
import { misconfigured } from './no-verdict.ts';

/** The errors with which Alma refuses a user: not found, and wrong password. */
const REFUSALS = new Set(['401861', '401866', '401890']);

/**
 * Asks Alma (`POST /almaws/v1/users/{id}?op=auth`, reference/library-sso.md 2.3): 204 is a yes. The password goes in the header `Exl-User-Pw` and never in the
 * address, where the interface would take it too. For users whose password Ex Libris keeps; the primary id outlives cards.
 */
export function almaConnector(connection: AlmaConnection, parts: HttpParts): Connector {
	const { api_key, reads_patron = true, blocks = {} } = connection;
	const ours = { authorization: `apikey ${api_key}` };
	return httpConnector(connection, parts, {
		async ask(ask, { card, secret }, when): Promise<CardResult> {
			const part = pathPart(card);
			// What a header cannot carry is no password of Alma's.
			if (part === null || !/^[\x20-\x7e]*$/.test(secret ?? '') || secret !== (secret?.trim() ?? null))
				return { outcome: 'bad_credentials' };
			const path = `/almaws/v1/users/${part}`;
			const answer = await ask({
				method: 'POST',
				path: `${path}?op=auth`,
				headers: { ...ours, ...(secret === null ? {} : { 'exl-user-pw': secret }) },
				secret: true,
			});
			if (answer.status === 400) {
				if (errorsOf(answer).some((code) => REFUSALS.has(code))) return { outcome: 'bad_credentials' };
				throw misconfigured('error_code');
			}
			if (answer.status !== 204) throw unexpected(answer);
			if (!reads_patron) return { outcome: 'ok', facts: factsFrom({ card }, when) };
			const read = await ask({ method: 'GET', path: `${path}?view=full&expand=none`, headers: ours });
			if (read.status !== 200) throw unexpected(read);
			const user = read.object();
			const id = textOf(user.primary_id);
			const barcodes = identifiersOf(user, 'BARCODE');
			const known = [id, ...identifiersOf(user)];
			if (id === null || !known.some((one) => sameCard(one, card))) throw misconfigured('another_patron');
			const facts = factsFrom(
				{
					card: barcodes.find((one) => sameCard(one, card)) ?? barcodes[0] ?? card,
					stableId: id,
					born: user.birth_date,
					expires: user.expiry_date,
					over: codeOf(user.status) === 'INACTIVE',
					location: codeOf(user.campus_code),
					patronType: codeOf(user.user_group),
					blocks: blocksOf(user, blocks),
				},
				when,
			);
			return { outcome: 'ok', facts };
		},
		async reach(ask) {
			const answer = await ask({ method: 'GET', path: '/almaws/v1/users/operation/test', headers: ours });
			if (answer.status !== 200) throw unexpected(answer);
		},
	});
}

function errorsOf(answer: CatalogueAnswer): string[] {
	const { errorList } = answer.object() as { errorList?: { error?: unknown } };
	const errors = Array.isArray(errorList?.error) ? errorList.error : [];
	return errors.map((error: { errorCode?: unknown }) => textOf(error?.errorCode) ?? '');
}

function codeOf(value: unknown): string | null {
	return typeof value === 'object' && value !== null ? textOf((value as { value?: unknown }).value) : null;
}

function identifiersOf(user: Readonly<Record<string, unknown>>, type?: string): string[] {
	const all = Array.isArray(user.user_identifier) ? user.user_identifier : [];
	const wanted = all.filter((one: { id_type?: unknown }) => !type || codeOf(one?.id_type) === type);
	return wanted.map(codeOf).filter((value) => value !== null);
}

function blocksOf(
	user: Readonly<Record<string, unknown>>,
	meanings: Readonly<Record<string, Block>>,
): Block[] {
	const all = Array.isArray(user.user_block) ? user.user_block : [];
	const active = all.filter((one: { block_status?: unknown }) => textOf(one?.block_status) === 'ACTIVE');
	const codes = active.map((one: { block_description?: unknown }) => codeOf(one?.block_description) ?? '');
	return codes.map((code) => (Object.hasOwn(meanings, code) ? meanings[code]! : 'other'));
}
