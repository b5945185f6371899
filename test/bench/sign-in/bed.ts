import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BranchRecord } from '@understory/core/register.ts';
import type { IlsPatron } from '@understory/sip2/deck.ts';
import { startIls } from '@understory/sip2/server.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { testLibrary } from '../../../packages/sso-bridge/test/fixtures/library.ts';
import { startProvisioner } from '../../../packages/sso-bridge/test/fixtures/provisioner.ts';
import { startPostgres } from '../../../packages/town/src/postgres.ts';
import { freePort } from '../../../packages/town/src/postgres-process.ts';
import type { Place } from '../town-of-branches.ts';
import type { BridgeTold } from './bridge.ts';
import { startProcess } from './processes.ts';

/** The catalogue thinks so long about each of the four messages of a sign-in (login, status, patron, end): a tenth of a second in all. */
const THINKS_MS = 25;
const MESSAGES = 4;
export const CATALOGUE_MS = THINKS_MS * MESSAGES;
export const PEOPLE = 1_000;

/** A library with one branch, in processes of their own, a catalogue that thinks, and people with cards. */
export async function layBed() {
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
