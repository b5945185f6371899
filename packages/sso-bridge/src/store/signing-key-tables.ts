import type { Knex } from 'knex';

/** A key that was withdrawn stays as a line with its dates, and without the key. Its name stands open, as it does in the published keys. */
export async function withdrawnSigningKeys(database: Knex): Promise<void> {
	await database.raw(`
		alter table signing_key add column withdrawn timestamptz;
		alter table signing_key alter column sealed drop not null;
		alter table signing_key add column kid text;
		update signing_key
			set kid = left(translate(encode(sha256(convert_to(id::text, 'UTF8')), 'base64'), '+/', '-_'), 12);
		alter table signing_key alter column kid set not null;
	`);
}
