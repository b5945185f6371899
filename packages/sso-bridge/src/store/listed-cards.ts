import type { AgeBand } from '@understory/core/claims.ts';
import type { Knex } from 'knex';
import type { Database } from './database.ts';

/** A card of a library that has no catalogue to ask: keyed and slow hashes, an age band and the day it ends (`connectors/list.ts`). */
export interface ListedCard {
	readonly hash: string;
	readonly key_version: number;
	readonly pin_hash: string;
	readonly age_band: AgeBand;
	/** YYYY-MM-DD. */
	readonly expires_on: string | null;
}

/** A list is put in place as a whole: what is half uploaded is a batch that nobody asks. */
export async function listTables(database: Knex): Promise<void> {
	await database.raw(`
		create table listed_card (
			library uuid not null,
			batch uuid not null,
			hash text not null,
			key_version integer not null,
			pin_hash text not null,
			age_band text not null,
			expires_on text,
			primary key (library, batch, hash)
		);
		create table listed_batch (
			library uuid primary key,
			batch uuid not null,
			since timestamptz not null
		);
	`);
}

/** The card with one of these hashes on the list in force, or undefined. */
export async function listedCard(
	database: Database,
	library: string,
	hashes: readonly string[],
): Promise<ListedCard | undefined> {
	return database('listed_card')
		.join('listed_batch', {
			'listed_batch.library': 'listed_card.library',
			'listed_batch.batch': 'listed_card.batch',
		})
		.where('listed_card.library', library)
		.whereIn('listed_card.hash', [...hashes])
		.first('hash', 'key_version', 'pin_hash', 'age_band', 'expires_on');
}

/** Is there a list in force? */
export async function hasList(database: Database, library: string): Promise<boolean> {
	return (await database('listed_batch').where({ library }).first('batch')) !== undefined;
}

/** Adds cards to a batch; a card that stands there already is left as it was. Returns how many were new. */
export async function addToBatch(
	database: Database,
	{ library, batch }: { library: string; batch: string },
	cards: readonly ListedCard[],
): Promise<number> {
	if (cards.length === 0) return 0;
	const rows = cards.map((card) => ({ ...card, library, batch }));
	const added: unknown[] = await database('listed_card')
		.insert(rows)
		.onConflict(['library', 'batch', 'hash'])
		.ignore()
		.returning('hash');
	return added.length;
}

/** Puts a batch in the place of the one before, and deletes every other. */
export async function putBatchInForce(
	database: Database,
	{ library, batch, now }: { library: string; batch: string; now: number },
): Promise<void> {
	await database.transaction(async (transaction) => {
		await transaction('listed_batch')
			.insert({ library, batch, since: new Date(now) })
			.onConflict('library')
			.merge(['batch', 'since']);
		await transaction('listed_card').where({ library }).whereNot({ batch }).delete();
	});
}

/** Deletes a batch that is not to be. */
export async function dropBatch(
	database: Database,
	{ library, batch }: { library: string; batch: string },
): Promise<void> {
	await database('listed_card').where({ library, batch }).delete();
}
