import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startPostgres } from '../../packages/town/src/postgres.ts';
import { freePort } from '../../packages/town/src/postgres-process.ts';
import type { TownFile } from '../../packages/town/src/town-file.ts';
import { filesBelow } from '../files-below.ts';
import { startTown, type TownProcess, whyNoDisk } from './town-process.ts';
import { Visitor } from './visitor.ts';
import { comeIn, signIn, write } from './walk.ts';

const ONE_LIBRARY = ['--library', 'OR0069'];

describe('a town in a process of its own', function () {
	this.timeout(120_000);
	let data: string;
	let port: number;
	const running: TownProcess[] = [];
	beforeEach(async () => {
		data = mkdtempSync(join(tmpdir(), 'understory-process-'));
		port = await freePort();
	});
	afterEach(async () => {
		for (const town of running.splice(0)) await town.end('SIGKILL');
		rmSync(data, { recursive: true, force: true });
	});

	async function start(more: { port?: number; before?: string; data?: string } = {}): Promise<TownProcess> {
		const started = await startTown(['--port', String(more.port ?? port), ...ONE_LIBRARY], { data, ...more });
		if (!started.up) throw new Error(`the town did not start: ${started.said}`);
		running.push(started);
		return started;
	}
	/** Starts one that is expected not to come up, and answers with what it said. */
	async function refusal(options: readonly string[], more: Partial<Parameters<typeof startTown>[1]> = {}) {
		const started = await startTown(options, { data, ...more });
		if (!started.up) return started;
		await started.end('SIGKILL');
		throw new Error('it came up');
	}
	const openBranch = (file: TownFile) => file.libraries[0]!.branches.find(({ stage }) => stage === 'open')!;
	const someCard = (file: TownFile, at = 0) =>
		file.libraries[0]!.demoCards.filter(({ state, role }) => state === 'good' && role === 'patron')[at]!;

	it('prints its addresses and a demo card, and writes them down for scripts; SIGTERM stops it cleanly', async () => {
		const town = await start();
		const { file } = town;
		expect(Object.keys(file)).to.deep.equal(['ready', 'console', 'api', 'adminToken', 'libraries']);
		expect(file.ready).to.equal(true);
		const [library] = file.libraries;
		expect(library).to.include({ slug: 'salem', signIn: `http://card.salem.localhost:${port}` });
		expect(library!.accountability).to.equal(`http://accountability.salem.localhost:${port}`);
		for (const word of [file.console, openBranch(file).url, library!.signIn, library!.accountability]) {
			expect(town.said()).to.contain(word);
		}
		expect(town.said()).to.contain(`${someCard(file).card}, PIN ${someCard(file).pin}`);
		expect(town.said()).to.not.contain(file.adminToken);
		expect(statSync(join(data, 'town.json')).mode & 0o777).to.equal(0o600);
		expect(await town.end('SIGTERM')).to.equal(0);
		expect(JSON.parse(readFileSync(join(data, 'town.json'), 'utf8')).ready).to.equal(false);
	});

	it('a second start goes on with the same data, tokens and addresses', async () => {
		const first = await start();
		const visitor = new Visitor(port);
		const { url } = openBranch(first.file);
		await comeIn(visitor, url, someCard(first.file), 'Teo');
		await write(visitor, url, 'Still here tomorrow.');
		expect(await first.end('SIGINT')).to.equal(0);
		const second = await start();
		expect(second.file).to.deep.equal(first.file);
		expect((await visitor.open(`${url}/home`)).text).to.contain('Still here tomorrow.');
	});

	it('an answer that is under way is finished before it stops', async () => {
		const town = await start();
		const body = '{"slug":"atlantis"}';
		const socket = connect(port, '127.0.0.1');
		const answer = new Promise<string>((resolve, reject) => {
			let text = '';
			socket.on('data', (chunk) => {
				text += chunk.toString();
			});
			socket.on('error', reject);
			socket.on('close', () => resolve(text));
		});
		const head = [
			'POST /api/v1/libraries HTTP/1.1',
			`Host: localhost:${port}`,
			`Authorization: Bearer ${town.file.adminToken}`,
			'Content-Type: application/json',
			`Content-Length: ${body.length}`,
			'Connection: close',
			'Expect: 100-continue',
		];
		socket.write(`${head.join('\r\n')}\r\n\r\n`);
		await new Promise((resolve) => socket.once('data', resolve));
		const ended = town.end('SIGTERM');
		await new Promise((resolve) => town.child.stdout!.once('data', resolve));
		socket.write(body);
		expect(await answer).to.match(/HTTP\/1\.1 422[\s\S]*"title"/);
		expect(await ended).to.equal(0);
	});

	it('killed at any moment, it loses no post that was acknowledged, and shows none twice', async () => {
		let town = await start();
		const { url } = openBranch(town.file);
		const visitor = new Visitor(port);
		await comeIn(visitor, url, someCard(town.file), 'Teo');
		const acknowledged: string[] = [];
		for (let round = 0; round < 2; round += 1) {
			for (let count = 0; count < 6; count += 1) {
				const text = `Post ${round}-${count} of today.`;
				const seen = await write(visitor, url, text, count % 2 === 0 ? 'neighborhood' : 'branch');
				expect(seen.text).to.contain(text);
				acknowledged.push(text);
			}
			const unfinished = write(visitor, url, `Perhaps ${round}.`).catch(() => null);
			await town.end('SIGKILL');
			await unfinished;
			town = await start();
		}
		const board = (await visitor.open(`${url}/home`)).text;
		for (const text of acknowledged) expect(board.split(text).length - 1, text).to.equal(1);
		// The card was typed once and went through every role; no byte on the disk may know it.
		await town.end('SIGTERM');
		expect(filesWith(someCard(town.file).card, data)).to.deep.equal([join(data, 'town.json')]);
	});

	it('a port in use is refused in a sentence, with exit code 1, and the data is not touched', async () => {
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		const taken = (other.address() as AddressInfo).port;
		try {
			const { code, said } = await refusal(['--port', String(taken)], { data: join(data, 'new') });
			expect(code).to.equal(1);
			expect(said.trim()).to.equal(
				`Port ${taken} is in use by another program. Stop that program, or choose another port.`,
			);
			expect(() => statSync(join(data, 'new'))).to.throw('ENOENT');
		} finally {
			await new Promise((resolve) => other.close(resolve));
		}
	});

	it('data that was begun with another port is refused in a sentence that names the right one', async () => {
		writeFileSync(join(data, 'address.json'), JSON.stringify({ port: 4321 }));
		const { code, said } = await refusal(['--port', String(port)]);
		expect(code).to.equal(1);
		expect(said).to.contain('belongs to port 4321').and.to.contain('--port 4321');
		expect(said.trim().split('\n')).to.have.length(1);
	});

	it('a data folder that is a file, or that cannot be made, is refused in a sentence', async () => {
		const file = join(data, 'file');
		writeFileSync(file, 'not a folder');
		for (const [folder, why] of [
			[file, 'there is a file in its place'],
			[join(file, 'below'), 'there is a file in its place'],
			['/proc/understory', 'it cannot be written to'],
		] as const) {
			const { code, said } = await refusal(['--port', String(port)], { data: folder });
			expect([code, said.trim()]).to.deep.equal([1, `The data folder ${folder} cannot be used: ${why}.`]);
		}
	});

	it('damaged secrets are refused in a sentence, and never replaced by new ones', async () => {
		writeFileSync(join(data, 'secrets.json'), '{"adminToken":');
		const { code, said } = await refusal(['--port', String(port)]);
		expect(code).to.equal(1);
		expect(said).to.contain('secrets.json').and.to.contain('backup');
		expect(readFileSync(join(data, 'secrets.json'), 'utf8')).to.equal('{"adminToken":');
	});

	it('a system that is not in the sample is refused in a sentence', async () => {
		const { code, said } = await refusal(['--port', String(port), '--library', 'ZZ9999']);
		expect(code).to.equal(1);
		expect(said).to.contain('ZZ9999').and.to.contain('SOURCE.md');
		expect(said).to.not.match(/\n\s+at /);
	});

	it('all that is wrong with its options and variables is said at once', async () => {
		const { code, said } = await refusal(['--port', 'many', '--library', 'x', '--colour'], {
			environment: { UNDERSTORY_LIBARY: 'OR0063' },
		});
		expect(code).to.equal(1);
		expect(said.trim().split('\n')).to.have.length(4);
		for (const word of ['UNDERSTORY_LIBARY', '--colour', '"many"', '"X"']) expect(said).to.contain(word);
	});

	it('a PostgreSQL of one’s own is used when it is given, and a wrong address of one is refused without saying it', async () => {
		const house = await startPostgres({ folder: join(data, 'house'), careless: true });
		try {
			const url = new URL(await house.urlFor('anybody'));
			const environment = (address: URL) => ({ UNDERSTORY_DATABASE_URL: address.href });
			url.username = 'postgres';
			url.password = 'a wrong one';
			const options = ['--port', String(port), ...ONE_LIBRARY];
			const { code, said } = await refusal(options, { environment: environment(url) });
			expect([code, said.trim()]).to.deep.equal([
				1,
				'The PostgreSQL of UNDERSTORY_DATABASE_URL cannot be used: its user or password is not right.',
			]);
			url.password = readFileSync(join(data, 'house', 'password'), 'utf8');
			const started = await startTown(options, { data, environment: environment(url) });
			if (!started.up) throw new Error(started.said);
			running.push(started);
			expect(openBranch(started.file).stage).to.equal('open');
			expect(readdirSync(data)).to.not.include('postgres');
			expect(await started.end('SIGTERM')).to.equal(0);
			expect(filesWith(url.password, data)).to.deep.equal([join(data, 'house', 'password')]);
		} finally {
			await house.close();
		}
	});

	it('--help lists the options and starts nothing', async () => {
		const { code, said } = await refusal(['--help']);
		expect(code).to.equal(0);
		for (const option of ['--port', '--data', '--library', '--no-sample']) expect(said).to.contain(option);
	});

	describe('on a disk of its own', () => {
		before(function () {
			const why = whyNoDisk();
			if (why === null) return;
			console.error(
				`      no disk can be mounted here, so a full one and a read-only one are not tried: ${why}`,
			);
			this.skip();
		});
		const disk = (size: string, more = '') => `mount -t tmpfs -o size=${size} none "${data}"${more}`;

		it('a read-only data folder is refused in a sentence', async () => {
			const { code, said } = await refusal(['--port', String(port)], {
				before: disk('1m', ` && mount -o remount,ro "${data}"`),
			});
			expect([code, said.trim()]).to.deep.equal([
				1,
				`The data folder ${data} cannot be used: it cannot be written to.`,
			]);
		});

		it('a disk that is full at the start is refused in a sentence', async () => {
			const filled = disk('1m', ` && { cat /dev/zero > "${data}/filler" 2>/dev/null; true; }`);
			const { code, said } = await refusal(['--port', String(port)], { before: filled });
			expect([code, said.trim()]).to.deep.equal([
				1,
				`The data folder ${data} cannot be used: the disk is full.`,
			]);
		});

		it('when it fills up, nothing is accepted that cannot be kept, reading goes on, and with room again so does writing', async () => {
			const town = await start({ before: disk('200m') });
			const { url } = openBranch(town.file);
			const visitor = new Visitor(port);
			await comeIn(visitor, url, someCard(town.file), 'Teo');
			await write(visitor, url, 'Before the flood.');
			const filler = `/proc/${town.child.pid}/root${data}/filler`;
			fill(filler);
			const long = 'Too much for this disk. '.repeat(150);
			const refused = await write(visitor, url, long);
			expect(refused.status).to.be.oneOf([503, 507]);
			expect(refused.text).to.contain('There is no room left to keep this');
			expect(/<textarea id="text"[^>]*>([^<]*)/.exec(refused.html)![1], 'what was typed is kept').to.contain(
				long,
			);
			await signIn(new Visitor(port), url, someCard(town.file, 1)).catch(() => null);
			const board = await visitor.open(`${url}/home`);
			expect(board.status).to.equal(200);
			expect(board.text).to.contain('Before the flood.').and.to.not.contain('Too much for this disk');
			rmSync(filler);
			expect((await write(visitor, url, 'After the flood.')).text).to.contain('After the flood.');
			await comeIn(new Visitor(port), url, someCard(town.file, 1), 'Marguerite');
			expect(await town.end('SIGTERM')).to.equal(0);
		});
	});
});

/** Every file below a folder that holds these bytes. */
function filesWith(text: string, below: string): string[] {
	return [...filesBelow(below)].filter(([, bytes]) => bytes.includes(text)).map(([path]) => path);
}

/** Takes every byte that is left. */
function fill(file: string): void {
	mkdirSync(join(file, '..'), { recursive: true });
	for (const size of [1_048_576, 4_096, 1]) {
		try {
			for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
		}
	}
}
