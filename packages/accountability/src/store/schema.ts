import type { Knex } from 'knex';

/**
 * The tables of the accountability site. An entry's bytes are kept as they came; its place in the log is given once, here, and
 * the log in the folder is made from it. Nothing is ever deleted but disclosures, which is what they are apart for (DESIGN 5.9).
 */
const migrations: Record<string, (db: Knex) => Promise<void>> = {
	async '0001-entries'(db) {
		await db.schema.createTable('entries', (table) => {
			table.uuid('id').primary();
			table.bigIncrements('seq', { primaryKey: false }).notNullable().unique();
			table.text('library_id').notNullable();
			table.text('branch_id').notNullable();
			table.text('entry').notNullable();
			table.text('digest').notNullable().unique();
			table.specificType('refs', 'uuid[]').notNullable();
			table.bigInteger('received_at').notNullable();
			table.integer('log_year');
			table.integer('log_index');
			table.text('published_on');
			table.boolean('published').notNullable().defaultTo(false);
			table.uuid('withdrawn_by');
			table.unique(['library_id', 'log_year', 'log_index']);
			table.check(
				'(log_year is null) = (log_index is null) and (published_on is null) = (log_index is null)',
			);
			table.check('log_index is not null or not published');
		});
		await db.raw('create index entries_unsequenced on entries (library_id, seq) where log_index is null');
		await db.raw('create index entries_unpublished on entries (library_id) where not published');
		await db.raw(
			'create index entries_by_branch on entries (library_id, branch_id, seq desc) where published',
		);
		await db.raw('create index entries_by_refs on entries using gin (refs)');
		await db.schema.createTable('disclosures', (table) => {
			table.uuid('entry_id').notNullable().references('id').inTable('entries');
			table.text('name').notNullable();
			table.text('disclosure').notNullable();
			table.primary(['entry_id', 'name']);
		});
		// The head of each branch's chain; its row is what two submissions of one branch wait for.
		await db.schema.createTable('chains', (table) => {
			table.text('branch_id').primary();
			table.text('head');
			table.bigInteger('length').notNullable().defaultTo(0);
		});
		await db.schema.createTable('logs', (table) => {
			table.text('library_id').notNullable();
			table.integer('year').notNullable();
			table.integer('size').notNullable();
			table.text('root').notNullable();
			table.text('key_id').notNullable();
			table.primary(['library_id', 'year']);
		});
		await db.schema.createTable('policies', (table) => {
			table.text('library_id').notNullable();
			table.text('id').notNullable();
			table.integer('version').notNullable();
			table.text('document').notNullable();
			table.text('digest').notNullable();
			table.primary(['library_id', 'id', 'version']);
		});
	},
	// The first entry of a year's log that has one before it: the last checkpoint of that one. It is no entry of a branch.
	async '0002-year-links'(db) {
		await db.schema.createTable('year_links', (table) => {
			table.text('library_id').notNullable();
			table.integer('year').notNullable();
			table.text('entry').notNullable();
			table.primary(['library_id', 'year']);
		});
	},
	// Entries that are counted and not shown; decoys stand among them in the log, a batch a month.
	async '0003-sealed'(db) {
		await db.schema.alterTable('entries', (table) => {
			table.boolean('sealed').notNullable().defaultTo(false);
			table.text('seal');
			table.check('sealed = (seal is not null)', {}, 'sealed_has_seal');
		});
		await db.schema.createTable('decoys', (table) => {
			table.text('library_id').notNullable();
			table.integer('log_year').notNullable();
			table.integer('log_index').notNullable();
			table.text('digest').notNullable();
			table.primary(['library_id', 'log_year', 'log_index']);
		});
		await db.schema.createTable('sealed_months', (table) => {
			table.text('library_id').notNullable();
			table.text('month').notNullable();
			table.primary(['library_id', 'month']);
		});
	},
	async '0004-kinds'(db) {
		await db.raw("alter table entries add column kind text not null default 'decision'");
		await db.raw("update entries set kind = entry::jsonb->>'kind'");
		await db.raw('alter table entries alter column kind drop default');
	},
	// Which texts came with an entry, so that one that is gone without having been withdrawn is seen.
	async '0005-texts'(db) {
		await db.raw("alter table entries add column texts text[] not null default '{}'");
		await db.raw(
			'update entries set texts = (select coalesce(array_agg(name order by name), array[]::text[]) from disclosures where entry_id = entries.id)',
		);
	},
	// What is looked for after each publication is found without reading every entry.
	async '0006-looks'(db) {
		await db.raw('create index entries_sealed on entries (library_id) where sealed');
		await db.raw('create index entries_withdrawn on entries (library_id) where withdrawn_by is not null');
		await db.raw("create index entries_about on entries (library_id) where refs <> '{}'");
		await db.raw('create index entries_by_day on entries (library_id, published_on)');
	},
	// Which decisions of a quarter were drawn to be read again, and from which state of the log; drawn once.
	async '0007-audit-draws'(db) {
		await db.schema.createTable('audit_draws', (table) => {
			table.text('library_id').notNullable();
			table.text('quarter').notNullable();
			table.integer('log_year').notNullable();
			table.integer('log_size').notNullable();
			table.text('root').notNullable();
			table.integer('candidates').notNullable();
			table.specificType('drawn', 'uuid[]').notNullable();
			table.primary(['library_id', 'quarter']);
		});
	},
	// What people made public of decisions about themselves; it goes when they take it back.
	async '0008-unsealed-texts'(db) {
		await db.schema.createTable('unsealed_texts', (table) => {
			table.uuid('entry_id').notNullable().references('id').inTable('entries');
			table.text('name').notNullable();
			table.text('disclosure').notNullable();
			table.uuid('unsealed_by').notNullable().references('id').inTable('entries');
			table.primary(['entry_id', 'name']);
		});
		await db.raw("create index entries_unsealing on entries (library_id, seq) where kind = 'unsealing'");
	},
	// What servers besides the branches said of themselves, each version for ever.
	async '0009-external-versions'(db) {
		await db.schema.createTable('external_versions', (table) => {
			table.text('library_id').notNullable();
			table.text('host').notNullable();
			table.integer('version').notNullable();
			table.text('read_on').notNullable();
			table.text('sha256').notNullable();
			table.text('document').notNullable();
			table.primary(['library_id', 'host', 'version']);
		});
	},
};

/** Where knex finds the migrations: in this file, by name, in order. */
export const migrationSource: Knex.MigrationSource<string> = {
	getMigrations: async () => Object.keys(migrations).sort(),
	getMigrationName: (name) => name,
	getMigration: async (name) => ({
		up: migrations[name]!,
		down: async () => {
			throw new Error('There is no way back: what was published stays published.');
		},
	}),
};
