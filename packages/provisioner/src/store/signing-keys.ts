import type { SigningKeyFacts, SigningKeyOrder } from '@understory/core/signing-keys.ts';
import type { Database } from './database.ts';

/** What operations on signing keys are called, and what the bridge is told to do. */
export const KEY_OPERATIONS = { turn_signing_keys: 'turn', withdraw_signing_keys: 'withdraw' } as const;
export type KeyOperation = keyof typeof KEY_OPERATIONS;

/** The signing keys of a library as its bridge told them last; none before. */
export async function keyListOf(database: Database, library: string): Promise<readonly SigningKeyFacts[]> {
	const row: { keys: SigningKeyFacts[] } | undefined = await database('signing_key_list')
		.where({ library })
		.first('keys');
	return row?.keys ?? [];
}

/** Keeps what the bridge told; nothing of a library that is not there. */
export async function keepKeyList(
	database: Database,
	library: string,
	keys: readonly SigningKeyFacts[],
): Promise<void> {
	await database.raw(
		`insert into signing_key_list (library, keys) select id, :keys::jsonb from library where id = :library
		on conflict (library) do update set keys = excluded.keys`,
		{ library, keys: JSON.stringify(keys) },
	);
}

/** Writes down which keys an operation withdraws. */
export async function addKeyOrder(
	database: Database,
	operation: string,
	kids: readonly string[],
): Promise<void> {
	await database('signing_key_order')
		.insert({ operation, kids: [...kids] })
		.onConflict('operation')
		.ignore();
}

/** What is still to be done with signing keys, the oldest first; of one library when it is named. */
export async function openKeyOrders(database: Database, library?: string): Promise<SigningKeyOrder[]> {
	const rows: { id: string; library: string; kind: KeyOperation; kids: string[] }[] = await database(
		'signing_key_order',
	)
		.join('operation', 'operation.id', 'signing_key_order.operation')
		.whereIn('operation.state', ['queued', 'running'])
		.where(library === undefined ? {} : { 'operation.library': library })
		.orderBy(['operation.created', 'operation.id'])
		.select('operation.id', 'operation.library', 'operation.kind', 'signing_key_order.kids');
	return rows.map(({ id, library: of, kind, kids }) => ({
		library: of,
		operation: id,
		kind: KEY_OPERATIONS[kind],
		kids,
	}));
}
