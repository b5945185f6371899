import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { BranchRecord } from '@understory/core/register.ts';
import type { IlsPatron } from '@understory/sip2/deck.ts';
import { startIls } from '@understory/sip2/server.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { testLibrary } from '../../packages/sso-bridge/test/fixtures/library.ts';
import { startProvisioner } from '../../packages/sso-bridge/test/fixtures/provisioner.ts';
import { startPostgres } from '../../packages/town/src/postgres.ts';
import { freePort } from '../../packages/town/src/postgres-process.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Figure } from './run.ts';
import type { BridgeTold } from './sign-in/bridge.ts';
import { connections, Patron } from './sign-in/patron.ts';
import { startProcess } from './sign-in/processes.ts';
import type { Place } from './town-of-branches.ts';

/** The catalogue thinks so long about each of the four messages of a sign-in (login, status, patron, end): a tenth of a second in all. */
const THINKS_MS = 25;
const MESSAGES = 4;
const CATALOGUE_MS = THINKS_MS * MESSAGES;
const WARM = 50;
const SECONDS = 8;
const RATES = [10, 25, 50] as const;
const FIRST_DAYS = 25;
const PEOPLE = 1_000;

/**
 * People who click *Sign in* at a branch, come to the card page, give card and PIN, and wait for the board. They come at random moments, so many a second,
 * whether or not the ones before are done. The bridge and the branch are processes of their own, as in a cluster; PostgreSQL waits for the disk.
 */
export async function signIns(): Promise<Figure[]> {
	const bed = await layBed();
	const random = seededRandom(5);
	const agent = connections();
	const address = (at: number) => `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;
	let computers = 0;

	async function come(rate: number, people: readonly number[]): Promise<number[]> {
		const waits: Promise<number>[] = [];
		let next = performance.now();
		for (const at of people) {
			next += (-Math.log(1 - random()) * 1000) / rate;
			await wait(Math.max(0, next - performance.now()));
			const patron = new Patron(agent, address(++computers));
			waits.push(patron.signIn(bed.branch, bed.deck[at]!, `reader${at}`));
		}
		return Promise.all(waits);
	}

	const figures: Figure[] = [];
	try {
		const all = Array.from({ length: PEOPLE }, (_, at) => at);
		await come(10, all.slice(0, WARM));
		const first = await come(FIRST_DAYS, all.slice(WARM, WARM + FIRST_DAYS * SECONDS));
		figures.push({
			name: `a first sign-in with handle and rules, ${FIRST_DAYS} a second, 95th percentile without the catalogue`,
			unit: 'ms',
			runs: [percentile(first, 0.95) - CATALOGUE_MS],
			goal: 300,
		});
		const known = all.slice(0, WARM + FIRST_DAYS * SECONDS);
		await come(10, known.slice(0, WARM));
		for (const rate of RATES) {
			const people = Array.from({ length: rate * SECONDS }, (_, at) => known[at % known.length]!);
			const before = await bed.usage();
			const waits = await come(rate, people);
			const after = await bed.usage();
			const each = (role: keyof typeof after) => ((after[role] - before[role]) / people.length).toFixed(1);
			const half = percentile(waits, 0.5);
			const share = ((half - CATALOGUE_MS) / half) * 100;
			figures.push({
				name: `a sign-in from click to board, ${rate} a second, 95th percentile without the catalogue`,
				unit: 'ms',
				runs: [percentile(waits, 0.95) - CATALOGUE_MS],
				goal: 300,
				note: `CPU for each: bridge ${each('bridge')} ms, branch ${each('branch')} ms, PostgreSQL ${each('postgres')} ms; of the median of ${half.toFixed(0)} ms ${share.toFixed(0)}% are ours, the catalogue takes ${CATALOGUE_MS} ms. Whoever comes is another process on the same cores.`,
			});
		}
	} finally {
		agent.destroy();
		await bed.close();
	}
	return figures;
}

async function layBed() {
	const folder = mkdtempSync(join(tmpdir(), 'understory-bench-'));
	const [cardPort, branchPort] = [await freePort(), await freePort()];
	const library = testLibrary('bench', cardPort, []);
	const provisioner = await startProvisioner(() => [library], Date.now);
	const branch = await startProcess<Place, { branch: BranchRecord }>('branch.ts', {
		library: library.record,
		port: branchPort,
	});
	const { branch: record } = branch.started;
	library.branches.set(record.slug, { key: generateKey(), record });
	const deck = Array.from({ length: PEOPLE }, (_, at) => patron(at));
	const login = { user: 'bridge', password: 'of-the-bridge' };
	const ils = await startIls({ deck, login, thinks: THINKS_MS });
	const postgres = await startPostgres({ folder: join(folder, 'postgres') });
	const bridge = await startProcess<BridgeTold, { port: number }>('bridge.ts', {
		port: cardPort,
		databaseUrl: await postgres.urlFor('sso_bridge'),
		folder: join(folder, 'bridge'),
		platform: { url: provisioner.url, token: provisioner.token },
		master: randomBytes(32).toString('hex'),
		signIn: {
			version: 1,
			state: 'live',
			connector: { kind: 'sip2', host: '127.0.0.1', port: ils.port, login },
		},
	});
	return {
		branch: record.origin,
		deck,
		async usage() {
			const [ofBridge, ofBranch] = await Promise.all([bridge.cpu(), branch.cpu()]);
			return { bridge: ofBridge, branch: ofBranch, postgres: cpuOfPostgres(join(folder, 'postgres')) };
		},
		async close() {
			await Promise.all([bridge.end(), branch.end()]);
			await Promise.all([ils.close(), provisioner.die(), postgres.close()]);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function patron(at: number): IlsPatron & { pin: string } {
	const number = String(at).padStart(6, '0');
	return {
		card: `29871236${number}`,
		pin: '471142',
		name: 'Bench, Person',
		born: '19830517',
		expires: '20391231',
		state: 'good',
		kind: 'adult',
		internalId: `i${number}`,
	};
}

/** Milliseconds of CPU of a PostgreSQL and all of its processes, by a clock of a hundred ticks a second. */
function cpuOfPostgres(folder: string): number {
	const main = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
	const ticks = readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map((name) => statOf(Number(name)))
		.filter((stat) => stat !== null && (stat.pid === main || stat.parent === main))
		.map((stat) => stat!.ticks);
	return ticks.reduce((sum, one) => sum + one, 0) * 10;
}

/** Null for a process that has ended meanwhile. */
function statOf(pid: number): { pid: number; parent: number; ticks: number } | null {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /, '')
			.split(' ')
			.map(Number);
		return { pid, parent: fields[1]!, ticks: fields.slice(11, 15).reduce((sum, one) => sum + one, 0) };
	} catch {
		return null;
	}
}

function percentile(values: readonly number[], part: number): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]!;
}
