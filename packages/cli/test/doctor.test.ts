import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Branch, SignInSettings } from '@understory/api-client/api.ts';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { readTownFolder } from '@understory/cli/doctor/machine/town-folder.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { recoveryKeyId } from '@understory/core/home-keys.ts';
import { newBoxKey } from '@understory/core/sealed-box.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { type Ils, startIls } from '@understory/sip2/server.ts';
import { create } from '@understory/town/test-town.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { formatVkey } from '@understory/transparency-log/note.ts';
import { expect } from 'chai';
import pg from 'pg';

const DAY = 86_400_000;

interface Finding {
	readonly check: string;
	readonly looked: boolean;
	readonly where: string;
	readonly wrong: string;
	readonly mend: string;
}

describe('understory doctor', () => {
	let data: string;
	let town: Awaited<ReturnType<typeof create>>;
	let served: Branch[];
	let ils: Ils;
	/** Knows the cards, and takes every PIN. */
	let gullible: Ils;
	const recovery = newBoxKey();
	const deck = demoDeck('a catalogue of the doctor');
	const library = () => town.file.libraries[0]!.slug;
	const client = (token = town.file.adminToken, url = town.file.console) =>
		createApiClient({
			...{ url, token },
			send: sendByFetch,
			randomId: randomUUID,
			wait: () => town.settle(),
		});
	before(async () => {
		data = mkdtempSync(join(tmpdir(), 'understory-doctor-'));
		ils = await startIls({ deck });
		gullible = await startIls({ deck: deck.map((one) => ({ ...one, pin: null })) });
		town = await create({ libraries: ['OR0069'], sample: true, data, recoveryKey: recovery.publicKey });
		await town.settle();
		const all = await Array.fromAsync(client().all('listBranches', { params: { library: library() } }));
		served = all.filter(({ home }) => home.name !== null);
	});
	after(async () => {
		await town?.close();
		await ils?.close();
		await gullible?.close();
		rmSync(data, { recursive: true, force: true });
	});

	async function run(words: readonly string[], given: { now?: number; token?: string; url?: string } = {}) {
		let out = '';
		let said = '';
		const never = () => {
			throw new Error('the doctor asks nobody');
		};
		const code = await runCommand(words, {
			config: {
				url: given.url ?? town.file.console,
				token: given.token ?? town.file.adminToken,
				loginFile: join(data, 'no-login.json'),
			},
			out: (text) => {
				out += text;
			},
			say: (text) => {
				said += text;
			},
			...{ seen: false, now: () => given.now ?? Date.now(), askSecret: never, stopped: never, file: never },
			client: ({ url, token }) => client(token, url),
		});
		return { code, out, said };
	}
	async function look(check: string, given: Parameters<typeof run>[1] = {}): Promise<Finding[]> {
		const { out, said } = await run(['--json', 'doctor', '--library', library()], given);
		if (!out) throw new Error(said);
		return (JSON.parse(out) as Finding[]).filter((one) => one.check === check);
	}

	/** As when homes have another disk for copies, and told the platform that theirs lie there. */
	async function giveSecondDisk(): Promise<void> {
		const connection = new pg.Client(readTownFolder(data).databases[0]!.url);
		await connection.connect();
		await connection.query(`update provisioner.backup set facts = facts || '{"apart": true}'`);
		await connection.end();
	}

	it('names each branch of which there is no copy, then those whose copies lie on their own disk, then those whose copy grew old', async () => {
		const params = (branch: Branch) => ({ library: library(), branch: branch.slug });
		const where = served.map(({ slug }) => `${library()}/${slug}`);
		expect(where.length).to.be.greaterThan(1);
		expect((await look('backups')).map((one) => one.where)).to.have.members(where);
		for (const branch of served) {
			const begun = await client().call('startBranchOperation', {
				params: params(branch),
				body: { kind: 'back_up' },
			});
			expect((await client().ended(begun.id)).state).to.equal('done');
		}
		const beside = await look('backups');
		expect(beside.map((one) => one.where)).to.deep.equal([library()]);
		expect(beside[0]!.wrong).to.include('lies on the disk of the branch itself').and.include(served[0]!.slug);
		expect(beside[0]!.mend).to.include('`homes.values`').and.include('UNDERSTORY_BACKUPS');
		await giveSecondDisk();
		expect(await look('backups')).to.deep.equal([]);
		const old = await look('backups', { now: Date.now() + 8 * DAY });
		expect(old.map((one) => one.where)).to.have.members(where);
		expect(old[0]!.wrong).to.match(/^Its newest copy is [78] days old\.$/);
		expect(old[0]!.mend).to.equal(`understory branch backup ${where[0]!.replace('/', ' ')}`);
	});

	it('says that nobody told how cards are checked, that their catalogue failed its test, that sign-in is not live, and nothing when it is', async () => {
		const params = { library: library() };
		expect((await look('sign-in')).map(({ mend }) => mend)).to.deep.equal([
			`understory sign-in set ${library()} FILE`,
		]);
		const spare = deck.find((one) => one.state === 'good')!;
		const set = (version: number, port: number) =>
			client().call('changeSignIn', {
				params,
				body: {
					...{ version, state: 'draft', connector: { kind: 'sip2', host: '127.0.0.1', port } },
					canaries: [{ card: spare.card, pin: spare.pin! }],
				} as SignInSettings,
			});
		const test = async () => {
			const begun = await client().call('startSignInOperation', { params, body: { kind: 'test' } });
			await client().ended(begun.id);
		};
		const wrong = async () => (await look('sign-in')).map((one) => one.wrong);
		for (const { port } of [ils, gullible])
			await client().call('allowCatalogueNetwork', { params, body: { cidr: '127.0.0.1', port } });
		await set(1, gullible.port);
		await test();
		expect(await wrong(), 'a catalogue that says yes to anything').to.deep.equal([
			'Sign-in is not live but draft.',
			'The last test of the catalogue failed.',
		]);
		await set(2, ils.port);
		await test();
		expect(await wrong()).to.deep.equal(['Sign-in is not live but draft.']);
		// What was tried goes live: with dots in place of the secrets that are kept.
		const { settings } = await client().call('getSignIn', { params });
		await client().call('changeSignIn', { params, body: { ...settings, version: 3, state: 'live' } });
		expect(await wrong()).to.deep.equal([]);
	});

	it('names a contact that does not work, until somebody looked', async () => {
		const params = { library: library() };
		expect(await look('contacts')).to.deep.equal([]);
		const made = await client().call('createContact', {
			params,
			body: { role: 'Ombuds', name: 'Ana Ruiz', phone: '+1 503 555 0100' },
		});
		await client().call('changeContact', {
			params: { ...params, contact: made.id },
			body: { broken: true },
		});
		const [fault, ...others] = await look('contacts');
		expect(others).to.deep.equal([]);
		expect(fault!.wrong).to.equal('Ana Ruiz, whom the public pages name: It does not work.');
		await client().call('removeContact', { params: { ...params, contact: made.id } });
		expect(await look('contacts')).to.deep.equal([]);
	});

	it('wants somebody outside who watches the log; with that and all before it there is nothing to mend', async () => {
		expect((await look('witnesses')).map(({ where }) => where)).to.deep.equal([library()]);
		const vkey = formatVkey({ name: 'clerk.example/witness', key: generateKey() }, 'cosignature');
		await client().call('changeLibrary', {
			params: { library: library() },
			body: { witnesses: [{ vkey, url: 'https://clerk.example/witness/' }] },
		});
		const { code, out } = await run(['doctor']);
		expect([code, out]).to.deep.equal([EXIT.done, '']);
	});

	it('names homes whose keys would be lost with their volume, or are sealed to another recovery key than others', async () => {
		const { database } = town.roles.provisioner.context;
		const keys = async () => {
			const { out } = await run(['--json', 'doctor']);
			return (JSON.parse(out) as Finding[]).filter(({ check }) => check === 'keys');
		};
		const rows = await database('home_keys');
		await database('home_keys').delete();
		const [lost, ...more] = await keys();
		expect(more).to.deep.equal([]);
		expect(lost).to.deep.include({ where: 'home-1', looked: true });
		expect(lost!.mend).to.contain('understory recovery-key make FILE');
		const [row] = rows;
		const home = await database('home').where({ name: 'home-1' }).first();
		await database('home').insert({ ...home, name: 'home-2', branches: 0 });
		const other = { recovery_key: recoveryKeyId(newBoxKey().publicKey), deposited: 1 };
		await database('home_keys').insert([row, { ...row, ...other, home: 'home-2' }]);
		expect(
			(await keys()).map(({ where, wrong }) => [where, wrong.includes(other.recovery_key)]),
		).to.deep.equal([['home-2', true]]);
		await database('home_keys').where({ home: 'home-2' }).delete();
		await database('home').where({ name: 'home-2' }).delete();
		expect(await keys()).to.deep.equal([]);
	});

	it('what it may not look at is said and is no agreement; a platform that is not there ends as with every command', async () => {
		const { token } = await client().call('createToken', {
			body: { name: 'nightly', role: 'reader', library: library() },
		});
		const seen = await run(['--json', 'doctor'], { token });
		const findings = JSON.parse(seen.out) as Finding[];
		expect(findings.map(({ check, looked }) => [check, looked])).to.deep.equal([['sign-in', false]]);
		expect(findings[0]!.mend).to.equal('Use a token that may read this.');
		expect(seen.said).to.contain(
			'Whether the keys of homes are kept is for whoever runs the platform to see.',
		);
		expect(seen.code).to.equal(EXIT.denied);
		expect((await run(['doctor'], { token: 'x'.repeat(43) })).code).to.equal(EXIT.denied);
		expect((await run(['doctor'], { url: 'http://127.0.0.1:9' })).code).to.equal(EXIT.unavailable);
		const wrong = await run(['doctor', '--backup-days', '0']);
		expect([wrong.code, wrong.said]).to.deep.equal([
			EXIT.refused,
			'--backup-days takes a number of days from 1 on, and not "0".\n',
		]);
	});

	it('looks at the town on this computer by its folder alone: what it wrote down, its database, and a copy that was taken away', async () => {
		const machine = async (given: Parameters<typeof run>[1] = {}) => {
			const { code, out, said } = await run(
				['--json', 'doctor', '--machine', data, '--free-gib', '1'],
				given,
			);
			if (!out) throw new Error(said);
			return { code, found: (JSON.parse(out) as Finding[]).filter(({ check }) => check !== 'disks') };
		};
		expect((await machine()).found.map(({ check, where }) => [check, where])).to.deep.equal([
			['copies', 'this machine'],
		]);
		const copies = join(data, 'homes', 'home-1', 'backups', served[0]!.id);
		renameSync(copies, `${copies}.away`);
		const { code, found } = await machine();
		expect(found.map(({ check, where }) => [check, where])).to.deep.equal([
			['copies', `${library()}/${served[0]!.slug}`],
			['copies', 'this machine'],
		]);
		expect(code).to.equal(EXIT.refused);
		renameSync(`${copies}.away`, copies);
		const later = (await machine({ now: Date.now() + 120_000 })).found.map(({ check, where }) => [
			check,
			where,
		]);
		expect(later).to.deep.equal([
			['clocks', 'town'],
			['clocks', 'database of town'],
			['copies', 'this machine'],
		]);
	});

	it('a branch whose file is damaged is named, with the way back', async () => {
		const [{ id, slug }] = served as [Branch];
		const file = join(data, 'homes', 'home-1', 'branches', id, 'branch.sqlite');
		const { port } = town;
		await town.close();
		const { out: closed } = await run(['--json', 'doctor', '--machine', data]);
		expect((JSON.parse(closed) as Finding[])[0]).to.deep.include({ wrong: 'It is not up.', looked: true });
		const good = readFileSync(file);
		writeFileSync(file, Buffer.concat([good.subarray(0, 40), Buffer.alloc(good.length - 40, 0xa5)]));
		town = await create({ libraries: ['OR0069'], sample: true, data, port });
		// The home says what it found when somebody wants the branch.
		await fetch(`http://127.0.0.1:${port}/`, { headers: { host: new URL(served[0]!.url).host } });
		await town.settle();
		const [fault, ...others] = await look('branches');
		expect(others).to.deep.equal([]);
		expect(fault!.where).to.equal(`${library()}/${slug}`);
		expect(fault!.wrong).to.match(/^Damaged: /);
		expect(fault!.mend).to.include(`understory branch restore ${library()} ${slug} newest`);
		expect((await run(['doctor'])).code).to.equal(EXIT.refused);
	});
});
