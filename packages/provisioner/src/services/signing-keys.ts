import { BadInput, Malformed } from '@understory/core/errors.ts';
import {
	keysWithStates,
	type SigningKeyFacts,
	type SigningKeyState,
	type SigningKeysReport,
} from '@understory/core/signing-keys.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { endOperation, findOperation } from '../store/operations.ts';
import type { LibraryRow } from '../store/rows.ts';
import {
	addKeyOrder,
	KEY_OPERATIONS,
	type KeyOperation,
	keepKeyList,
	keyListOf,
} from '../store/signing-keys.ts';
import { isUuid } from '../store/uuid.ts';
import { beginOperation } from './operations.ts';

/** A signing key as it stands at this moment. */
export type ShownKey = SigningKeyFacts & { readonly state: SigningKeyState };

/** What library IT wants done with keys. */
export interface WantedOfKeys {
	readonly kind: (typeof KEY_OPERATIONS)[KeyOperation];
	/** Names of the keys to withdraw. */
	readonly keys?: readonly string[];
}

/** The signing keys of a library's issuer, the newest first, as the bridge told them last. */
export async function shownKeys(context: Context, library: LibraryRow): Promise<ShownKey[]> {
	return keysWithStates(await keyListOf(context.database, library.id), context.clock.now());
}

/**
 * Asks the bridge to turn a library's keys, or to withdraw some; the operation ends when it is done. A key that was withdrawn already may be named again.
 * `id` is the operation's: the same request that is sent again begins one. Throws `BadInput` when a key is not there.
 */
export async function orderKeys(
	context: Context,
	library: LibraryRow,
	{ kind, keys = [] }: WantedOfKeys,
	{ id, by }: { id: string; by: string },
): Promise<string> {
	const known = new Set((await shownKeys(context, library)).map(({ kid }) => kid));
	const text =
		kind === 'turn'
			? keys.length > 0 && 'All keys are turned together: name none.'
			: keys.length === 0
				? 'Name the keys to withdraw.'
				: keys.some((kid) => !known.has(kid)) && `${library.name} has no key of this name. Look at the list.`;
	if (text) throw new BadInput('The keys were left as they are.', [{ field: 'keys', text }]);
	const operation = kind === 'turn' ? 'turn_signing_keys' : 'withdraw_signing_keys';
	return context.database.transaction(async (transaction) => {
		const about = { id, kind: operation, library: library.id, branch: null, by, total: 1 };
		await beginOperation({ ...context, database: transaction }, about);
		await addKeyOrder(transaction, id, keys);
		await addAudit(transaction, {
			at: context.clock.now(),
			actor: by,
			act: operation,
			subject: `${keys.length === 0 ? '' : `keys ${keys.join(' ')} of `}library ${library.id}`,
		});
		return id;
	});
}

/** Takes what the bridge tells of a library's keys, and ends the operations that it carried out. Throws `Malformed`. */
export async function takeKeys(context: Context, body: unknown): Promise<void> {
	const { library, operations, keys } = readReport(body);
	await context.database.transaction(async (transaction) => {
		await keepKeyList(transaction, library, keys);
		for (const id of operations) {
			const asked = await findOperation(transaction, id);
			if (!asked || asked.library !== library || !(asked.kind in KEY_OPERATIONS))
				throw new Malformed('This is not an answer to what was asked.');
			const result = { keys: keysWithStates(keys, context.clock.now()) };
			await endOperation(transaction, id, { state: 'done', result }, context.clock.now());
		}
	});
}

function readReport(body: unknown): SigningKeysReport {
	const { library, operations, keys } = (body ?? {}) as SigningKeysReport;
	const isTime = (time: unknown) => Number.isSafeInteger(time);
	const inForm =
		isUuid(String(library)) &&
		Array.isArray(operations) &&
		operations.every((id) => isUuid(String(id))) &&
		Array.isArray(keys) &&
		keys.length <= 1_000 &&
		keys.every(
			(key) =>
				/^[\w-]{1,100}$/.test(String(key?.kid)) &&
				['RS256', 'ES256'].includes(key.alg) &&
				isTime(key.made) &&
				isTime(key.signs_from) &&
				(key.ends === null || isTime(key.ends)) &&
				(key.withdrawn === null || isTime(key.withdrawn)),
		);
	if (!inForm) throw new Malformed('This is not a list of signing keys.');
	return {
		library,
		operations,
		keys: keys.map(({ kid, alg, made, signs_from, ends, withdrawn }) => ({
			kid,
			alg,
			made,
			signs_from,
			ends,
			withdrawn,
		})),
	};
}
