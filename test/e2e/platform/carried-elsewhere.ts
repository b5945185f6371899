import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBranchFolder } from '@understory/branch/folder.ts';
import { systemClock } from '@understory/core/clock.ts';
import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { call } from '../api.ts';
import { DOMAIN, layBed, type PlatformBed } from './bed.ts';
import { command, commandsOfPage, putInPlace, secretsIn, settingsOf } from './carry.ts';
import type { OwnDatabases } from './own-databases.ts';

/** The platform that is carried, as its story has it up to then. */
export interface Told {
	bed(): PlatformBed;
	/** Null where no PostgreSQL is installed whose programs could carry it. */
	databases(): OwnDatabases | null;
	/** Has the story go on at another bed, whose roles were just started: waits until they are ready, and signs everybody in with the card they had. */
	goOnAt(bed: PlatformBed): Promise<void>;
	/** Writes a post and answers with its address. */
	post(text: string, scope: string): Promise<string>;
	/** Has a host hide a post, and answers with the address of the statement. */
	hide(post: string): Promise<string>;
	/** Opens an address as a stranger until the words are there, and answers with the page. */
	read(url: string, words: string): Promise<string>;
}

const SITE = `https://accountability.anytown.${DOMAIN}`;

/** A platform on one machine is carried to another place: what is to be told while it runs, once it has stopped, and at the very end. */
export function carriedElsewhere(told: Told) {
	let folder = '';
	let elsewhere: PlatformBed | undefined;
	let before: { readonly log: Awaited<ReturnType<typeof publicLog>>; readonly post: string };
	const place = (...names: string[]) => join(folder, ...names);
	let machine: string[];
	/** Runs a command of the page, which has to stand there in these words, with the places of this test. */
	function run(line: string, killAt?: string) {
		expect(commandsOfPage()).to.include(line);
		const at = (word: string) => (/^(?:key|databases|taken)$/.test(word) ? place(word) : word);
		const [name, ...words] = line.replace('/srv', folder).split(' ').map(at) as [
			'leave' | 'take-in',
			...string[],
		];
		return command(name, [...words, ...(name === 'leave' ? machine : [])], killAt);
	}
	const leave = (what: '--hand-over' | '--call-off') => run(`leave ${what}`);
	const packing = (killAt?: string) => run('leave --to /srv/carried', killAt);
	const takeIn = (killAt?: string) =>
		run('take-in /srv/carried --key key --databases databases --to taken', killAt);
	const rule = (name: string, test: () => Promise<void>) =>
		it(name, async function () {
			if (told.databases()) return test();
			if (process.env.CI) throw new Error('PostgreSQL is not installed on this machine; in CI it has to be.');
			console.warn('      PostgreSQL is not installed: a platform that is carried elsewhere was not tried.');
			this.skip();
		});

	/** The newest public log: its checkpoint, how many entries that is about, and the digests of these. */
	async function publicLog() {
		const log = /\/log\/\d{4}\//.exec(await told.read(`${SITE}/verify`, 'log'))![0];
		const get = async (path: string) =>
			String((await call(told.bed().edgePort, 'GET', log + path, { host: new URL(SITE).host })).body);
		const checkpoint = await get('checkpoint');
		const size = Number(checkpoint.split('\n')[1]);
		return { checkpoint, size, digests: await get(`tile/0/000.p/${size}`) };
	}

	return {
		whileItRuns() {
			rule('a machine of which anything runs is not left', async () => {
				folder = mkdtempSync(join(tmpdir(), 'understory-carried-'));
				settingsOf(told.bed(), place('etc'));
				machine = ['--folder', place('etc'), '--state', told.bed().folder];
				before = {
					post: await told.post('The same words at the same address.', 'public'),
					log: await publicLog(),
				};
				const refused = await packing();
				expect(refused.code).to.equal(1);
				expect(refused.said).to.contain('Still running: provisioner, sso-bridge, accountability, home-1.');
				expect(readdirSync(folder)).to.deep.equal(['etc']);
			});
		},

		onceItStopped() {
			rule(
				'standing still it is packed; killed meanwhile, it is gone on with; called off, it is as it was',
				async () => {
					expect((await packing('volumes/')).code).to.equal(null);
					expect(existsSync(place('carried'))).to.equal(false);
					expect(existsSync(place('etc/leaving.json')), 'services would not start').to.equal(true);
					expect((await packing()).said).to.match(/^Packed \d+ files/);
					expect((await leave('--call-off')).said).to.contain('Called off');
					expect(readdirSync(folder)).to.deep.equal(['etc']);
					expect(existsSync(place('etc/leaving.json'))).to.equal(false);
				},
			);

			rule(
				'what is packed says nothing without its key; once that is handed over nothing is called off by mistake',
				async () => {
					expect((await packing()).code).to.equal(0);
					for (const file of filesIn(place('carried')))
						expect(readFileSync(file, 'latin1'), file).to.not.match(
							/The same words|PRIVATE KEY|CREATE TABLE/,
						);
					const key = (await leave('--hand-over')).said;
					writeFileSync(place('key'), key);
					expect((await leave('--call-off')).said).to.contain('two of it would both speak');
					expect((await packing()).said).to.contain('was handed over');
					expect((await leave('--hand-over')).said).to.equal(key);
				},
			);

			rule(
				'a database that holds something, another key and a damaged file are refused in words',
				async () => {
					const { database } = told.databases()!;
					mkdirSync(place('databases'));
					const address = (role: string, url: string) => writeFileSync(place('databases', role), url);
					address('provisioner', await database('new_provisioner'));
					address('accountability', await database('new_site'));
					address('sso-bridge', told.bed().secrets['sso-bridge']['database-url']!);
					expect((await takeIn()).said).to.equal(
						'The database for sso-bridge is not empty. Nothing was changed; give an empty one.',
					);
					address('sso-bridge', await database('new_bridge'));
					const key = readFileSync(place('key'), 'utf8');
					writeFileSync(place('key'), Buffer.alloc(32).toString('base64'));
					expect((await takeIn()).said).to.contain('The key does not belong to this folder');
					writeFileSync(place('key'), key);
					const sealed = filesIn(place('carried')).find((one) => one.endsWith('branch.sqlite'))!;
					damage(sealed);
					expect((await takeIn()).said).to.match(
						/^volumes\/homes\/home-1\/branches\/\S+\/branch\.sqlite was damaged on the way/,
					);
					damage(sealed);
				},
			);

			rule('it is taken in; killed between two databases, it is gone on with', async () => {
				expect((await takeIn('brought in provisioner')).code).to.equal(null);
				expect(existsSync(place('taken/volumes.json'))).to.equal(false);
				expect((await takeIn()).said).to.contain(`Taken in: ${DOMAIN}, 3 branches in 1 homes.`);
				expect(statSync(place('taken/secrets/sso-bridge/master')).mode & 0o077).to.equal(0);
			});

			rule(
				'elsewhere people come in with the same card to the same account, and every address leads to what it did',
				async () => {
					const old = told.bed();
					elsewhere = await layBed({ secrets: secretsIn(place('taken')) });
					putInPlace(place('taken'), elsewhere);
					for (const kind of ['provisioner', 'sso-bridge', 'accountability'] as const) elsewhere.start(kind);
					await told.goOnAt(elsewhere);
					await told.read(before.post, 'The same words at the same address.');
					// What the home there was told to serve, and the folder that stayed behind.
					const homes = 'provisioner/homes/home-1';
					const [wish] = filesIn(join(elsewhere.folder, homes, 'desired'));
					const desired = JSON.parse(readFileSync(wish!, 'utf8'));
					const behind = join(old.folder, homes, 'branches', desired.branch.id);
					const parts = { clock: systemClock, log: silentLog, homeKey: Buffer.alloc(32) };
					const refused = await createBranchFolder(behind, desired, parts).catch((error: Error) => error);
					expect(refused).to.have.property('code', 'epoch');
				},
			);

			rule('the public log goes on with the tree that it had', async () => {
				expect((await publicLog()).checkpoint).to.equal(before.log.checkpoint);
				const statement = await told.hide(await told.post('Seeds again, and cheaper.', 'public'));
				await told.read(statement, 'no-advertising');
				const now = await publicLog();
				expect(now.size).to.be.above(before.log.size);
				expect(now.digests.startsWith(before.log.digests)).to.equal(true);
			});
		},

		async clear() {
			await elsewhere?.close();
			if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

function filesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((one) => one.isFile())
		.map((one) => join(one.parentPath, one.name));
}

/** Turns one bit of a file, and back the second time. */
function damage(file: string): void {
	const bytes = readFileSync(file);
	bytes[100]! ^= 1;
	writeFileSync(file, bytes);
}
