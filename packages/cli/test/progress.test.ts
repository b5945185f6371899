import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { shellInTerminal } from './shell-in-terminal.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const OPERATION = '00000000-0000-4000-8000-000000000001';

/** What a platform says of an operation, look after look. */
const LOOKS = [
	// Looked at once before it is followed.
	{ state: 'queued', done: 0, total: null },
	{ state: 'queued', done: 0, total: null },
	{ state: 'running', done: 0, total: 40 },
	{ state: 'running', done: 10, total: 40 },
	{ state: 'running', done: 25, total: 40 },
	{ state: 'done', done: 40, total: 40 },
] as const;

describe('how far an operation is, as the command shows it', () => {
	let url: string;
	let look: number;
	const server = createServer((_request, response) => {
		const { state, done, total } = LOOKS[Math.min(look++, LOOKS.length - 1)]!;
		const about = { id: OPERATION, kind: 'import', library: null, branch: null, created: 0, finished: null };
		const body = { ...about, state, progress: { done, total }, result: null, problem: null };
		response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
	});
	before(async () => {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	after(() => server.close());
	beforeEach(() => {
		look = 0;
	});

	const env = () => ({
		PATH: process.env.PATH ?? '',
		UNDERSTORY_URL: url,
		UNDERSTORY_TOKEN: 'x'.repeat(43),
	});

	it('in a terminal is one line that is written over, with a bar, and stands there whole at the end', async function () {
		if (process.platform !== 'linux' || spawnSync('script', ['--version']).status !== 0) {
			console.error('\nscript of util-linux is not on this machine. The bar in a terminal is not tried.\n');
			this.skip();
		}
		const shell = shellInTerminal(`${process.execPath} ${MAIN} watch ${OPERATION}`, {
			env: env(),
			cwd: fileURLToPath(new URL('.', import.meta.url)),
		});
		const shown = await shell.shown(/OPERATION[\s\S]*40 of 40\r?\n/i);
		await shell.close();
		const lines = shown.split('\r').filter((line) => line.startsWith('import '));
		expect(lines.map((line) => line.trimEnd())).to.deep.equal([
			'import  ····················  0                 queued',
			'import  ····················  0 of 40           running',
			'import  █████···············  10 of 40          running',
			'import  █████████████·······  25 of 40          running',
			'import  ████████████████████  40 of 40          done',
		]);
		// Each covers the one before it.
		expect(new Set(lines.map((line) => line.length)).size).to.equal(1);
	});

	it('in a pipe is said once, when it has ended, without a bar and without a line that is written over', async () => {
		const child = spawn(process.execPath, [MAIN, 'watch', OPERATION], { env: env() });
		let out = '';
		let said = '';
		child.stdout.on('data', (chunk: Buffer) => {
			out += chunk.toString();
		});
		child.stderr.on('data', (chunk: Buffer) => {
			said += chunk.toString();
		});
		const [code] = await once(child, 'close');
		expect([code, said]).to.deep.equal([0, '']);
		expect(out).to.not.match(/[\r█·]/);
		expect(out)
			.to.match(/state +done\n/)
			.and.to.match(/done +40 of 40\n/);
	});
});
