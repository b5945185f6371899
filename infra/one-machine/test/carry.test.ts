import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { command, type Ended } from '../../../test/e2e/platform/carry.ts';
import { OWN_MOUNTS, whyNoDisk } from '../../../test/e2e/town-process.ts';
import { readManifest, VERSION, writtenManifest } from '../carry/manifest.ts';
import { NOTE } from '../carry/note.ts';
import { type CarryBed, layCarryBed } from './carry-bed.ts';

const PROGRAMS = fileURLToPath(new URL('..', import.meta.url));

describe('leaving one machine', () => {
	let bed: CarryBed;
	before(async function () {
		const laid = await layCarryBed();
		if (laid) bed = laid;
		else if (process.env.CI)
			throw new Error('PostgreSQL is not installed on this machine; in CI it has to be.');
		else {
			console.warn('      PostgreSQL is not installed: leaving a machine was not tried.');
			this.skip();
		}
	});
	after(() => bed?.close());

	const carried = () => bed.at('carried');
	const leave = (...words: string[]) => command('leave', [...words, ...bed.machine]);
	const pack = () => leave('--to', carried());
	const isBeingLeft = () => existsSync(bed.at('etc', NOTE));
	const said = (sentence: string): Ended => ({ code: 1, said: sentence });
	/** It was refused with that sentence, and the machine is as it was. */
	function expectUntouched(ended: Ended, sentence: string) {
		expect(ended).to.deep.equal(said(sentence));
		expect(isBeingLeft()).to.equal(false);
		expect(readdirSync(bed.at()).filter((name) => name.startsWith('carried'))).to.deep.equal([]);
	}

	/** Runs a program with a disk of its own at a folder, which is gone with the program. */
	const withDisk = (options: string, at: string, ...words: string[]): Promise<Ended> =>
		new Promise((resolve) => {
			mkdirSync(at, { recursive: true });
			const mounted = `mount -t tmpfs -o ${options} none "$0" && exec "$@"`;
			const all = [...OWN_MOUNTS, 'sh', '-c', mounted, at, process.execPath, ...words];
			const env = { PATH: process.env.PATH };
			execFile('unshare', all, { env }, (error, stdout, stderr) =>
				resolve({ code: error ? (error.code as number) : 0, said: (stdout + stderr).trim() }),
			);
		});
	function skipWithoutDisk(this: Mocha.Context) {
		const why = whyNoDisk();
		if (!why) return;
		if (process.env.CI) throw new Error(`No disk can be mounted, and in CI it has to be: ${why}`);
		console.warn(`      No disk can be mounted, so a full one was not tried: ${why}`);
		this.skip();
	}

	it('is refused while an upgrade is undecided: which half would it be?', async () => {
		const undecided = bed.at('state-upgrade', 'undecided');
		mkdirSync(undecided, { recursive: true });
		expectUntouched(
			await pack(),
			'An upgrade is not decided yet. Bring it to its end first: systemctl start understory-upgrade',
		);
		rmSync(bed.at('state-upgrade'), { recursive: true });
	});

	it('is refused while branches are moved or restored, each named, until that has ended', async () => {
		await bed.say('belmont', ['move', 'leaving']);
		await bed.say('kenton', ['restore', 'laying_out']);
		const sentence = (slug: string) =>
			`${slug} is being moved or restored. Start the services again, wait until that has ended, and stop them again.`;
		expectUntouched(await pack(), `${sentence('belmont')}\n${sentence('kenton')}`);
		await bed.say('kenton', ['restore', 'done']);
		await bed.say('belmont', ['move', 'undoing']);
		expectUntouched(await pack(), sentence('belmont'));
		await bed.say('belmont', ['move', 'undone']);
	});

	describe('with a disk that is full', () => {
		const leaveTo = (options: string) =>
			withDisk(
				options,
				bed.at('disk'),
				join(PROGRAMS, 'leave.ts'),
				'--to',
				bed.at('disk', 'carried'),
				...bed.machine,
			);
		before(skipWithoutDisk);

		it('says what is missing before anything is touched', async () => {
			expectUntouched(
				await leaveTo('size=64m'),
				`${bed.at('disk')} has room for 0.1 GiB and 1.0 GiB are needed, one of them for the databases. Name a folder on another disk.`,
			);
		});

		it('says so in the middle, stays closed, and is gone on with when there is room', async () => {
			// Room for a gigabyte, and for five files.
			expect(await leaveTo('size=2g,nr_inodes=6')).to.deep.equal(
				said('The disk is full. Make room and run the same command again.'),
			);
			expect(isBeingLeft(), 'services would start').to.equal(true);
			expect(await leave('--hand-over')).to.deep.equal(said('Nothing is packed yet. Begin with --to.'));
			expect(await pack()).to.deep.equal(
				said(
					`This machine is being packed into ${bed.at('disk', 'carried')} already. Go on with that, or call it off.`,
				),
			);
			expect((await leave('--to', bed.at('disk', 'carried'))).said).to.match(/^Packed \d+ files/);
			expect((await leave('--call-off')).code).to.equal(0);
			expect(readdirSync(bed.at('disk'))).to.deep.equal([]);
		});
	});

	describe('once the key was handed over', () => {
		let key: Buffer;
		before(async () => {
			expect((await pack()).code).to.equal(0);
			writeFileSync(bed.at('key'), (await leave('--hand-over')).said);
			key = Buffer.from(readFileSync(bed.at('key'), 'utf8'), 'base64');
		});

		const takeIn = (databases: string, to: string) => [
			...[carried(), '--key', bed.at('key'), '--databases', databases, '--to', to],
		];

		it('another version takes nothing in, and names both', async () => {
			const file = join(carried(), 'manifest.json');
			const right = readFileSync(file, 'utf8');
			const manifest = readManifest(carried(), key);
			writeFileSync(file, writtenManifest({ ...manifest, version: '0.0.9' }, key));
			const words = takeIn(await bed.newDatabases(), bed.at('taken'));
			expect(await command('take-in', words)).to.deep.equal(
				said(
					`The machine ran version 0.0.9 and this is ${VERSION}. Take it in with the version of the machine, and upgrade afterwards.`,
				),
			);
			expect(existsSync(bed.at('taken'))).to.equal(false);
			writeFileSync(file, right);
		});

		it('a disk that is full on the other side is said, and gone on with when there is room', async function () {
			skipWithoutDisk.call(this);
			const taken = bed.at('other-disk', 'taken');
			const words = takeIn(await bed.newDatabases(), taken);
			const program = join(PROGRAMS, 'take-in.ts');
			expect(await withDisk('size=1m,nr_inodes=6', bed.at('other-disk'), program, ...words)).to.deep.equal(
				said('The disk is full. Make room and run the same command again.'),
			);
			expect((await command('take-in', words)).said).to.match(
				/^Taken in: library\.example, 0 branches in 1 homes/,
			);
			expect(readFileSync(join(taken, 'volumes/homes/home-1/home.key'), 'utf8')).to.equal(
				'the key of a home',
			);
		});

		it('is called off by who knows that nobody took it in, and by nobody who does not say so', async () => {
			expect((await leave('--nobody-took-it-in')).said).to.equal(
				'Say one of --to FOLDER, --hand-over and --call-off.',
			);
			expect((await leave('--call-off')).said).to.include('say --nobody-took-it-in as well');
			expect(isBeingLeft()).to.equal(true);
			const strange = join(carried(), 'letters');
			writeFileSync(strange, 'not what was packed');
			const kept = await leave('--call-off', '--nobody-took-it-in');
			expect(kept).to.deep.equal(said('carried holds more than was packed: letters. Take that away first.'));
			expect([isBeingLeft(), existsSync(strange)]).to.deep.equal([true, true]);
			rmSync(strange);
			const copied = bed.at('copied');
			renameSync(carried(), copied);
			const off = await leave('--call-off', '--nobody-took-it-in');
			expect([off.code, isBeingLeft()], off.said).to.deep.equal([0, false]);
			expect(off.said).to.include('systemctl enable --now understory-provisioner');
		});

		it('is packed anew under another key then, and the old one opens nothing of it', async () => {
			expect((await pack()).code).to.equal(0);
			const again = (await leave('--hand-over')).said;
			expect(again).to.not.equal(readFileSync(bed.at('key'), 'utf8'));
			expect(() => readManifest(carried(), key)).to.throw('The key does not belong to this folder');
			expect(readManifest(carried(), Buffer.from(again, 'base64')).domain).to.equal('library.example');
		});
	});
});
