import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackupFacts, CopyState } from '@understory/core/backup.ts';
import type { BranchStatus } from '@understory/core/desired.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { litestreamAt } from '../../packages/home/src/litestream.ts';
import { type Answer, createBed, type HomeBed } from '../../packages/home/test/bed.ts';
import { litestreamProgram } from './litestream-program.ts';

const PAGE = fileURLToPath(new URL('../../docs/library-it/continuous-copies.md', import.meta.url));

describe('a home whose branches are copied by Litestream as they change', function () {
	// The program is built once for this machine's cache, which takes minutes.
	this.timeout(600_000);
	let program = '';
	let folder = '';
	let socket = '';
	let running: ChildProcess | null = null;
	let bed: HomeBed;
	let key: BranchStatus['branch_key'];

	before(async function () {
		try {
			program = await litestreamProgram();
		} catch (error) {
			console.warn(`      Litestream was not run: ${(error as Error).message}`);
			return this.skip();
		}
		folder = mkdtempSync(join(tmpdir(), 'understory-ls-'));
		socket = join(folder, 'control.sock');
		writeFileSync(
			join(folder, 'litestream.yml'),
			`socket:\n  enabled: true\n  path: ${socket}\n  permissions: 0600\n`,
		);
		await startLitestream();
		bed = await createBed({ litestream: { socket, replica: `file://${join(folder, 'copies')}` } });
		key = statusIn(await bed.send('north', bed.wish('north'))).branch_key;
	});
	after(async () => {
		await bed?.close();
		await endLitestream();
		rmSync(folder, { recursive: true, force: true });
	});

	const copyOf = (epoch: number) => join(folder, 'copies', 'branch-north', String(epoch));
	const fileOf = () => join(bed.folderOf('north'), 'branch.sqlite');
	const stateIn = (answer: Answer) => JSON.parse(answer.body) as CopyState<BackupFacts>;
	const statusIn = (answer: Answer) => JSON.parse(answer.body) as BranchStatus;
	const wishFor = (generation: number, epoch: number, more: object = {}) => {
		const wish = bed.wish('north', { generation });
		return { ...wish, branch: { ...wish.branch, epoch, ...more } };
	};

	async function startLitestream(): Promise<void> {
		const words = ['replicate', '-config', join(folder, 'litestream.yml')];
		const begun = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
		running = begun;
		await new Promise<void>((resolve, reject) => {
			begun.stdout.on('data', (part) => String(part).includes('control socket listening') && resolve());
			begun.once('exit', (code) => reject(new Error(`Litestream ended with ${code}.`)));
		});
	}
	async function endLitestream(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		if (!running || running.exitCode !== null) return;
		const gone = once(running, 'exit');
		running.kill(signal);
		await gone;
	}
	/** Brings the database of one epoch back out of its copy. */
	function restore(epoch: number, to: string): void {
		execFileSync(program, ['restore', '-o', to, `file://${copyOf(epoch)}`], { stdio: 'pipe' });
	}
	async function order(path: string, document: object): Promise<Answer> {
		const about = {
			...{ home: bed.platform.homeId, branch: 'branch-north', issued: bed.clock.now() },
			...{ expires: bed.clock.now() + 600_000, ...document },
		};
		const body = JSON.stringify(bed.platform.sign(about));
		const send = () => bed.internal('PUT', `/internal/v1/branches/branch-north/${path}`, body);
		await send();
		await bed.home().settle();
		return send();
	}
	const backUp = (backup: string) =>
		order(`backups/${backup}`, { type: 'understory/backup-order/v1', backup });
	const layOut = (id: string, epoch: number, backup: string) =>
		order(`restores/${id}`, { type: 'understory/restore-order/v1', restore: id, backup, epoch, gone: [] });
	/** Which wish the branch had taken up when the file was as it is. */
	function generationIn(file: string): number {
		const database = new Database(file, { readonly: true });
		try {
			const query = "select json_extract(value, '$.generation') from setting where key = 'desired'";
			return Number(database.prepare(query).pluck().get());
		} finally {
			database.close();
		}
	}

	it('follows a branch that is open, and has everything in the copy when the home has ended', async () => {
		await bed.home().settle();
		expect(await litestreamAt(socket).list()).to.deep.equal([fileOf()]);
		await bed.home().close();
		expect(await litestreamAt(socket).list()).to.deep.equal([]);
		expect(readdirSync(join(bed.folder, 'not-copied'))).to.deep.equal([]);
		restore(1, join(folder, 'one.sqlite'));
		expect(generationIn(join(folder, 'one.sqlite'))).to.equal(1);
	});

	it('is told again what to follow when it was killed, and copies what changed meanwhile', async () => {
		await bed.restart();
		await bed.visit(bed.hostOf('north'));
		await bed.home().settle();
		await endLitestream('SIGKILL');
		expect(statusIn(await bed.send('north', wishFor(2, 1))).state).to.equal('serving');
		await startLitestream();
		await bed.home().settle();
		await litestreamAt(socket).sync(fileOf());
		restore(1, join(folder, 'two.sqlite'));
		expect(generationIn(join(folder, 'two.sqlite'))).to.equal(2);
	});

	it('goes on with the folder that a backup was restored to, in a copy of its own', async () => {
		expect(stateIn(await backUp('one')).state).to.equal('done');
		expect(stateIn(await layOut('r-1', 2, 'one')).state).to.equal('done');
		expect(statusIn(await bed.send('north', wishFor(3, 2)))).to.include({ state: 'serving', epoch: 2 });
		await bed.home().settle();
		await litestreamAt(socket).sync(fileOf());
		restore(2, join(folder, 'three.sqlite'));
		expect(generationIn(join(folder, 'three.sqlite'))).to.equal(3);
		restore(1, join(folder, 'old.sqlite'));
		expect(generationIn(join(folder, 'old.sqlite'))).to.equal(2);
	});

	it('has the branch back when its disk is lost: suspended first, copied, and served under a new epoch', async () => {
		await bed.home().close();
		for (const lost of readdirSync(bed.folder))
			if (!['home.key', 'role.key'].includes(lost)) rmSync(join(bed.folder, lost), { recursive: true });
		mkdirSync(bed.folderOf('north'), { recursive: true });
		// As the page for library IT says it.
		const [, said] = /^ +litestream (restore .*)$/m.exec(readFileSync(PAGE, 'utf8'))!;
		const words = said!
			.replace('s3://bucket/folder', `file://${join(folder, 'copies')}`)
			.replaceAll('BRANCH-ID', 'branch-north')
			.replace('EPOCH', '2');
		execFileSync(program, words.split(' '), { cwd: bed.folder, stdio: 'pipe' });
		await bed.restart();
		const why = { en: 'The disk of this branch is being replaced.' };
		const resting = { suspended: { since: bed.clock.now(), until: bed.clock.now() + 86_400_000, why } };
		expect(statusIn(await bed.send('north', wishFor(4, 2, resting))).state).to.equal('suspended');
		expect(stateIn(await backUp('two')).state).to.equal('done');
		expect(stateIn(await layOut('r-2', 3, 'two')).state).to.equal('done');
		expect(statusIn(await bed.send('north', wishFor(5, 3, resting))).state).to.equal('suspended');
		const back = statusIn(await bed.send('north', wishFor(6, 3)));
		expect(back).to.include({ state: 'serving', epoch: 3 });
		expect(back.branch_key).to.deep.equal(key);
		expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
		await bed.home().settle();
		expect(existsSync(copyOf(3))).to.equal(true);
		expect(bed.errors).to.deep.equal([]);
	});
});
