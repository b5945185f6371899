import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@understory/provisioner/store/database.ts';
import { freePort } from '../../../packages/town/src/postgres-process.ts';
import { startInstalled } from '../../../test/e2e/platform/own-databases.ts';
import { ROLES } from '../carry/machine.ts';

/** What is under way with a branch: the table of it, and the state it is in. */
type UnderWay = readonly ['move' | 'restore', string];

/** A machine that stands still, as far as leaving it looks: settings, three databases of which the provisioner's has its tables, and a file of a home. */
export interface CarryBed {
	/** The words by which `leave.ts` finds it. */
	readonly machine: readonly string[];
	at(...names: string[]): string;
	/** Has a branch of this name be where that says, from now on. */
	say(branch: string, [table, state]: UnderWay): Promise<void>;
	/** A folder with the addresses of three new, empty databases. */
	newDatabases(): Promise<string>;
	close(): Promise<void>;
}

const BRANCHES = ['belmont', 'kenton'];
const idOf = (branch: string) =>
	`${BRANCHES.indexOf(branch) + 1}`.repeat(8).concat('-1111-4111-8111-111111111111');
const LIBRARY = '22222222-2222-4222-8222-222222222222';

/** Null where no PostgreSQL is installed whose programs could carry it. */
export async function layCarryBed(): Promise<CarryBed | null> {
	const server = await startInstalled();
	if (!server) return null;
	const folder = mkdtempSync(join(tmpdir(), 'understory-carry-'));
	const at = (...names: string[]) => join(folder, ...names);
	const urls: string[] = [];
	for (const role of ROLES) {
		const url = await server.database(`old_${role.replace('-', '_')}`);
		urls.push(url);
		mkdirSync(at('etc', 'secrets', role), { recursive: true });
		const settings = `UNDERSTORY_DOMAIN=library.example\nUNDERSTORY_PORT=${await freePort()}\n`;
		writeFileSync(at('etc', `${role}.env`), settings);
		writeFileSync(at('etc', 'secrets', role, 'database-url'), url);
	}
	const home = at('state', 'provisioner', 'homes', 'home-1');
	mkdirSync(home, { recursive: true });
	writeFileSync(join(home, 'home.key'), 'the key of a home');
	const database = await openDatabase(urls[0]!);
	const common = { id: LIBRARY, slug: 'anytown', name: 'Anytown', created: 1 };
	await database('library').insert({
		...common,
		...{ region: 'OR', zone: 'UTC', languages: ['en'], sample: false },
		...{ card_origin: 'https://card.example', accountability_origin: 'https://site.example' },
	});
	await database('home').insert({ name: 'home-1', kind: 'shared', created: 1 });
	for (const slug of BRANCHES) {
		const id = idOf(slug);
		await database('branch').insert({
			...{ id, slug, library: LIBRARY, name: slug, code: slug, cloth: 'fern', kind: 'branch', stage: 'open' },
			...{ origin: `https://${slug}.example`, federation: 'neighborhood', address: {}, created: 1 },
		});
		await database('backup').insert({
			id,
			branch: id,
			place: 'home-1',
			state: 'done',
			asked: 1,
			asked_by: 'it',
		});
		await database('restore').insert({ id, branch: id, backup: id, epoch: 2, state: 'done', asked: 1 });
		await database('move').insert({
			...{ id, branch: id, housing: 'shared', from_place: 'home-1', from_home: id, to_place: 'home-2' },
			...{ from_epoch: 1, first: id, rest: id, state: 'held', since: 1, asked: 1, asked_by: 'it' },
		});
	}
	let made = 0;
	return {
		machine: ['--folder', at('etc'), '--state', at('state')],
		at,
		async say(branch, [table, state]) {
			await database(table)
				.where({ branch: idOf(branch) })
				.update({ state });
		},
		async newDatabases() {
			const place = at(`databases-${++made}`);
			mkdirSync(place);
			for (const role of ROLES)
				writeFileSync(join(place, role), await server.database(`new_${made}_${role.replace('-', '_')}`));
			return place;
		},
		async close() {
			await database.destroy();
			await server.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
