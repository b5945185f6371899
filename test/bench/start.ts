import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '../e2e/api.ts';
import type { Figure } from './run.ts';

const RUNS = 3;

/** `npm start` in an empty folder until the town says that it is up, and what it then takes with 20 branches. */
export async function startAndMemory(): Promise<Figure[]> {
	const starts: number[] = [];
	const node: number[] = [];
	const database: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		const data = mkdtempSync(join(tmpdir(), 'understory-bench-'));
		const port = await freePort();
		const began = performance.now();
		const child = spawn('npm', ['start', '--silent', '--', '--port', String(port), '--data', data], {
			cwd: new URL('../..', import.meta.url),
			stdio: ['ignore', 'pipe', 'inherit'],
			detached: true,
		});
		await new Promise<void>((resolve, reject) => {
			child.stdout.on('data', (chunk: Buffer) => {
				if (chunk.toString('utf8').includes('The town is up')) resolve();
			});
			child.once('exit', (code) => reject(new Error(`the town ended with ${code}`)));
		});
		starts.push((performance.now() - began) / 1000);
		const { adminToken } = JSON.parse(readFileSync(join(data, 'town.json'), 'utf8')) as {
			adminToken: string;
		};
		await twentiethBranch(port, adminToken);
		const own = processesOf(data);
		node.push(sum(own.filter(({ isDatabase }) => !isDatabase)));
		database.push(sum(own.filter(({ isDatabase }) => isDatabase)));
		const ended = new Promise((resolve) => child.once('exit', resolve));
		process.kill(-child.pid!, 'SIGTERM');
		await ended;
		rmSync(data, { recursive: true, force: true });
	}
	return [
		{ name: 'cold `npm start` to ready, after install', unit: 's', runs: starts, goal: 5 },
		{
			name: 'memory of the whole town with 20 branches',
			unit: 'MB',
			runs: node.map((own, at) => own + database[at]!),
			goal: 400,
			note: `proportional set size of every process of the town; the Node process alone is ${Math.round(node[0]!)} MB, PostgreSQL ${Math.round(database[0]!)} MB.`,
		},
	];
}

async function twentiethBranch(port: number, token: string): Promise<void> {
	const address = { street: '1 Bench Street', city: 'Portland', region: 'OR', postcode: '97201' };
	const body = { slug: 'bench', name: 'Bench', address };
	await call(port, 'POST', '/api/v1/libraries/multnomah/branches', { token, body });
	const host = `bench.multnomah.localhost:${port}`;
	for (let tries = 0; tries < 500; tries++) {
		if ((await call(port, 'GET', '/', { host })).status === 200) return;
	}
	throw new Error('the twentieth branch was never served');
}

/** The processes whose command line or parent names the data folder, with their proportional memory in MB. */
function processesOf(data: string): { isDatabase: boolean; megabytes: number }[] {
	const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	const read = (pid: string, file: string) => {
		try {
			return readFileSync(`/proc/${pid}/${file}`, 'utf8');
		} catch {
			return '';
		}
	};
	const parentOf = (pid: string) => /^PPid:\s+(\d+)/m.exec(read(pid, 'status'))?.[1] ?? '';
	const roots = all.filter(
		(pid) => read(pid, 'cmdline').includes(data) && !read(pid, 'cmdline').includes('npm'),
	);
	const own = all.filter((pid) => roots.includes(pid) || roots.includes(parentOf(pid)));
	return own.map((pid) => ({
		isDatabase: /postgres/.test(read(pid, 'cmdline').split('\0')[0] ?? ''),
		megabytes: Number(/^Pss:\s+(\d+)/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? 0) / 1024,
	}));
}

function sum(processes: readonly { megabytes: number }[]): number {
	return processes.reduce((total, { megabytes }) => total + megabytes, 0);
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as { port: number };
			probe.close(() => resolve(port));
		});
	});
}
