import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '@understory/town/postgres.ts';
import { expect } from 'chai';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const BRANCHES = '/api/v1/libraries/multnomah/branches';

interface Operation {
	id: string;
	state: string;
}
interface Branch {
	id: string;
	generation: number;
	observed_generation: number;
	conditions: { type: string; status: string; reason: string }[];
}

/** PostgreSQL itself is killed after a step was written down, and comes back by itself as that of a town does; nobody else restarts. */
describe('PostgreSQL that is killed in the middle of an act', function () {
	this.timeout(180_000);
	let folder: string;
	let postgres: Postgres;
	let platform: Platform;
	/** At which step it is killed; null: not any more. */
	let at: string | null = null;

	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-killed-'));
		// Not `careless`: what was committed is to be there after a kill.
		postgres = await startPostgres({ folder });
		platform = await startPlatform({
			through: () => postgres.urlFor('provisioner'),
			afterStep(step) {
				if (step !== at) return;
				at = null;
				kill();
			},
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	});
	after(async () => {
		await platform?.close();
		await postgres?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	function kill(): void {
		process.kill(Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
	}
	/** Asks again, as a patient client does, until the database is back; what it is told meanwhile is a sentence. */
	async function patiently<T>(method: string, path: string, call: object = {}): Promise<T> {
		for (;;) {
			const answer = await platform.api<T & { code: string; title: string }>(method, path, call);
			if (answer.status < 500) return answer.body;
			expect(answer.status, JSON.stringify(answer.body)).to.equal(503);
			expect(answer.body).to.deep.include({
				code: 'database',
				title: 'The database of the platform does not answer. Nothing was lost; try again in a minute.',
			});
			expect(answer.headers['retry-after']).to.equal('60');
		}
	}
	async function carryOn(operation: string): Promise<Operation> {
		for (let looks = 0; looks < 60; looks++) {
			await platform.settle().catch(() => undefined);
			const now = await patiently<Operation>('GET', `/api/v1/operations/${operation}`);
			if (now.state === 'done' || now.state === 'failed') return now;
			platform.clock.advance(60_000);
			await platform
				.provisioner()
				.services.sweep()
				.catch(() => undefined);
		}
		throw new Error('the operation does not end');
	}

	// Before the home is told of it, and after it answered.
	for (const step of ['intent_send_desired', 'status_recorded'] as const) {
		it(`after ${step}: it is said in a sentence, and when it is back the act is done once`, async () => {
			const slug = step.replaceAll('_', '-');
			at = step;
			const headers = { 'idempotency-key': step };
			const made = await patiently<Operation>('POST', BRANCHES, { body: { ...BRANCH, slug }, headers });
			expect(await carryOn(made.id)).to.include({ state: 'done' });
			expect(at, 'it was killed').to.equal(null);
			const branch = await patiently<Branch>('GET', `${BRANCHES}/${slug}`);
			expect(branch.observed_generation).to.equal(branch.generation);
			expect(branch.conditions.find(({ type }) => type === 'Synced')).to.include({ status: 'True' });
			const { database } = platform.provisioner().context;
			const count = async (table: string, where: object) =>
				Number((await database(table).where(where).count('* as n').first())!.n);
			expect(await count('branch', { slug })).to.equal(1);
			expect(await count('operation', { branch: branch.id })).to.equal(1);
			// The home was not told of two branches.
			expect(
				new Set(
					platform.home.taken.filter(({ branch }) => branch.slug === slug).map((wish) => wish.branch.id),
				).size,
			).to.equal(1);
		});
	}
});
