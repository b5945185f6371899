import type { ClientRecord } from '@understory/core/client-record.ts';
import type { Database } from './database.ts';

interface ClientRow {
	library: string;
	id: string;
	record: ClientRecord;
	created: string;
}

/** The servers that sign people in through a library, in the order of their ids. */
export async function clientsOf(database: Database, library: string): Promise<ClientRecord[]> {
	const rows = await database<ClientRow>('client').where({ library }).orderBy('id').select('record');
	return rows.map(({ record }) => record);
}

export async function findClient(
	database: Database,
	library: string,
	id: string,
): Promise<ClientRecord | undefined> {
	const row = await database<ClientRow>('client').where({ library, id }).first('record');
	return row?.record;
}

/** Adds one; false when the id is taken. An id is never given out twice, because people are known by it. */
export async function addClient(
	database: Database,
	library: string,
	record: ClientRecord,
	at: number,
): Promise<boolean> {
	const row = { library, id: record.id, record: JSON.stringify(record), created: at };
	const made = await database('client').insert(row).onConflict(['library', 'id']).ignore().returning('id');
	if (made.length === 0) return false;
	const gone = await database('client_gone').where({ library, id: record.id }).first('id');
	if (gone) await database('client').where({ library, id: record.id }).delete();
	return !gone;
}

export async function changeClient(database: Database, library: string, record: ClientRecord): Promise<void> {
	await database('client')
		.where({ library, id: record.id })
		.update({ record: JSON.stringify(record) });
}

/** Takes one away; false when it was not there. */
export async function removeClient(database: Database, library: string, id: string): Promise<boolean> {
	return database.transaction(async (transaction) => {
		const gone = await transaction('client').where({ library, id }).delete();
		if (gone > 0)
			await transaction('client_gone').insert({ library, id }).onConflict(['library', 'id']).ignore();
		return gone > 0;
	});
}
