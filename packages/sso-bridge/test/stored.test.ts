import { STORED_KINDS } from '@understory/core/stored.ts';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { countStored, STORED_IN } from '../src/store/stored.ts';

const LIBRARY = '5a0f4a3e-6f0e-4f0a-9a43-0d8c2f1f9a11';
const OTHER = '6b0f4a3e-6f0e-4f0a-9a43-0d8c2f1f9a22';

describe('what the bridge says that it keeps', () => {
	let database: Database;
	before(async () => {
		database = await openDatabase(await freshDatabase('sso_bridge'));
	});
	after(() => database?.destroy());

	it('names every table of its schema: whoever adds one says what of patrons stands in it', async () => {
		const { rows } = await database.raw<{ rows: { name: string }[] }>(
			"select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'",
		);
		expect(rows.map(({ name }) => name)).to.have.members(Object.keys(STORED_IN));
	});

	it('counts for one library and for no other, and leaves nothing out that is not there', async () => {
		const account = { age_band: 'adult', standing: 'full', created_month: '2026-01', seen_month: '2026-02' };
		const id = '7c0f4a3e-6f0e-4f0a-9a43-0d8c2f1f9a33';
		await database('account').insert({ id, library: LIBRARY, ...account });
		await database('account').insert({
			id: '8d0f4a3e-6f0e-4f0a-9a43-0d8c2f1f9a44',
			library: OTHER,
			...account,
		});
		for (const kind of ['card', 'card2', 'ils_id']) {
			const link = { library: LIBRARY, kind: kind.replace('2', ''), hash: kind, key_version: 1, account: id };
			await database('identity').insert({ ...link, first_seen: '2026-01', last_ok: '2026-02' });
		}
		const lines = await countStored(database, LIBRARY);
		expect(lines.map(({ kind }) => kind)).to.have.members([...STORED_KINDS]);
		const counts = Object.fromEntries(lines.map(({ kind, count }) => [kind, count]));
		expect(counts).to.include({ account: 1, link_card: 2, link_ils_id: 1, link_saml: 0, staff: 0 });
	});
});
