import { expect } from 'chai';
import pg from 'pg';
import { libraryKeys } from '../src/keys.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';

describe('a child who is too young for an account', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let client: pg.Client;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
		client = new pg.Client({ connectionString: bed.databaseUrl });
		await client.connect();
	});
	after(async () => {
		await client?.end();
		await bed?.close();
	});

	/** Every row of every table, as text. */
	async function everything(): Promise<string[]> {
		const tables = await client.query<{ name: string }>(
			'select tablename as name from pg_tables where schemaname = current_schema() order by 1',
		);
		const rows: string[] = [];
		for (const { name } of tables.rows) {
			const found = await client.query<{ row: string }>(
				`select row_to_json(t)::text as row from "${name}" t`,
			);
			rows.push(...found.rows.map(({ row }) => `${name} ${row}`));
		}
		return rows;
	}

	it('reads the age before the form, is told kindly, and is shown what is open without an account', async () => {
		const { card, pin } = bed.person('Park');
		const visitor = visitorOf(bed);
		const page = await visitor.open((await belmont.begin()).url);
		expect(page.text)
			.to.include('13')
			.and.match(/13[^.]*\..*Library card number/);
		const told = await visitor.send(page, '/sign-in/', { card, pin });
		expect(told.status).to.equal(403);
		expect(told.text).to.include('Accounts at the branches are for people from 13 on.');
		expect(told.text).to.include('What everybody may read');
		expect(told.html.indexOf('Belmont')).to.be.below(told.html.indexOf('Kenton'));
		expect(told.html).to.not.include(card);
		const spanish = visitorOf(bed, 'es');
		const again = await spanish.send(await spanish.open((await belmont.begin()).url), '/sign-in/', {
			card,
			pin,
		});
		expect(again.text).to.include('La cuenta llega un poco más tarde');
	});

	it('leaves no trace: no row names them by any key, no cookie, no line of the log', async () => {
		const { card, pin, internalId } = bed.person('Park');
		const keys = libraryKeys({ master: bed.master }, bed.salem.id);
		const traces = [
			keys.identity('card', card).hash,
			keys.identity('ils_id', internalId!).hash,
			keys.attempt(`card\0${card}`),
			keys.attempt(`both\0${card}\0${pin}`),
			card,
			internalId!,
		];
		const before = await everything();
		const logged = bed.log.length;
		const visitor = visitorOf(bed);
		const page = await visitor.open((await belmont.begin()).url);
		const told = await visitor.send(page, '/sign-in/', { card, pin });
		expect(told.status).to.equal(403);
		expect(JSON.stringify(told.headers['set-cookie'] ?? '')).to.not.include('card_browser');
		const after = await everything();
		for (const trace of traces)
			expect(
				after.filter((row) => row.includes(trace)),
				trace,
			).to.deep.equal([]);
		const fresh = after.filter((row) => !before.includes(row)).map((row) => row.split(' ')[0]);
		// The sign-in that was begun and not finished, and how many cards were right at the library lately.
		expect(new Set(fresh)).to.deep.equal(new Set(['oidc', 'tally']));
		const lines = bed.log.slice(logged).join('\n');
		for (const word of [card, 'too_young', 'Park']) expect(lines).to.not.include(word);
	});

	it('the search would find somebody who came in', async () => {
		const { card, pin } = bed.person('Okafor');
		await belmont.signIn(visitorOf(bed), { card, pin });
		const keys = libraryKeys({ master: bed.master }, bed.salem.id);
		const trace = keys.identity('card', card).hash;
		expect((await everything()).filter((row) => row.includes(trace))).to.have.length(1);
	});
});

describe('one card at two branches of a library', () => {
	let bed: Bed;
	before(async () => {
		bed = await startBed();
	});
	after(() => bed?.close());

	it('works at both, and what they are told has nothing in common by which they could find that it is one person', async () => {
		const [belmont, kenton] = await Promise.all(
			['belmont', 'kenton'].map((name) => branchClient(bed, bed.salem, name)),
		);
		const visitor = visitorOf(bed);
		const here = await belmont!.signIn(visitor, bed.person('Okafor'));
		const there = await kenton!.signIn(visitor, bed.person('Okafor'));
		const said = (claims: object) =>
			new Set(
				Object.entries(claims)
					.filter(([name]) => !['iat', 'exp'].includes(name))
					.map(([, value]) => String(value)),
			);
		const both = [...said(here.claims)].filter((value) => said(there.claims).has(value));
		// Whose issuer, and what is true of most people.
		expect(both.toSorted()).to.deep.equal(['adult', 'full', bed.salem.origin].toSorted());
		expect(here.accessToken).to.not.equal(there.accessToken);
	});

	it('names are independent by construction: without the key, knowing one branch’s names tells nothing of another’s', () => {
		const keys = libraryKeys({ master: Buffer.alloc(32, 7) }, 'salem');
		const people = Array.from({ length: 2_000 }, (_, at) => `account-${at}`);
		const names = people.map(
			(account) => [keys.subject('belmont', account), keys.subject('kenton', account)] as const,
		);
		expect(new Set(names.flat()).size, 'no name comes twice').to.equal(4_000);
		// Sign by sign, the two names of one person agree as often as those of two strangers: one time in 32.
		const agree = (pairs: readonly (readonly [string, string])[]) => {
			const signs = pairs.flatMap(([a, b]) => [...a].map((sign, at) => (sign === b[at] ? 1 : 0)));
			return signs.reduce((sum: number, one) => sum + one, 0) / signs.length;
		};
		const strangers = names.map(([a], at) => [a, names[(at + 1) % names.length]![1]] as const);
		expect(agree(names)).to.be.closeTo(1 / 32, 0.004);
		expect(agree(strangers)).to.be.closeTo(1 / 32, 0.004);
	});
});
