import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { NotAllowed } from '@understory/core/errors.ts';
import { silentLog } from '@understory/core/log.ts';
import { createMetrics } from '@understory/http/metrics.ts';
import { expect } from 'chai';
import { call } from '../../../test/e2e/api.ts';
import type { BegunRole } from '../src/begun-role.ts';
import { publicAddresses } from '../src/public-addresses.ts';
import { type RunningRole, runRole } from '../src/run-role.ts';

const answer = (text: string) => (_request: IncomingMessage, response: ServerResponse) => response.end(text);

describe('a process that is one role', () => {
	let running: RunningRole | null = null;
	let closed = 0;
	const role = (over: Partial<BegunRole> = {}): BegunRole => ({
		checks: {},
		metrics: createMetrics('home'),
		folder: tmpdir(),
		insideHost: 'home-1:8080',
		handle: answer('site'),
		handleInside: answer('inside'),
		close: async () => {
			closed++;
		},
		...over,
	});
	async function run(begin: () => Promise<BegunRole>): Promise<number> {
		closed = 0;
		running = await runRole({ port: 0, address: '127.0.0.1', log: silentLog, begin });
		return running.port;
	}
	afterEach(() => running?.stop());
	const ask = async (
		port: number,
		path: string,
		headers: Record<string, string> = {},
		host = '10.1.2.3:8080',
	) => {
		const { status, body } = await call(port, 'GET', path, { host, headers });
		return `${status} ${String(body).trim()}`;
	};

	it('lives while it begins, says why it is not ready, and tries again until what it needs is there', async () => {
		const fault = Promise.withResolvers<BegunRole>();
		const tries = [fault.promise, Promise.resolve(role())];
		const again = Promise.withResolvers<void>();
		const port = await run(() => {
			if (tries.length === 1) again.resolve();
			return tries.shift()!;
		});
		expect(await ask(port, '/healthz')).to.equal('200 ok');
		expect(await ask(port, '/readyz')).to.equal('503 It is starting.');
		expect(await ask(port, '/', {}, 'belmont.example')).to.contain('503 This is starting.');
		fault.reject(new NotAllowed('The database lets nobody in.'));
		await again.promise;
		expect(await ask(port, '/readyz')).to.equal('200 ready');
	});

	it('is ready only while everything it needs is, and names what is not', async () => {
		let database = true;
		const port = await run(async () => role({ checks: { database: () => database, registers: () => true } }));
		expect(await ask(port, '/readyz')).to.equal('200 ready');
		database = false;
		expect(await ask(port, '/readyz')).to.equal('503 It waits for: database.');
		expect(await ask(port, '/healthz')).to.equal('200 ok');
	});

	it('its numbers are there once it has begun: of the process, of what it waits for, of the room it has, and its own', async () => {
		const begun = Promise.withResolvers<BegunRole>();
		const port = await run(() => begun.promise);
		expect(await ask(port, '/metrics')).to.equal('503 It is starting.');
		begun.resolve(role({ checks: { database: () => false } }));
		await begun.promise;
		const text = await ask(port, '/metrics');
		expect(text).to.match(/^understory_waits_for\{part="database",role="home"\} 1$/m);
		expect(text).to.match(/^understory_data_free_bytes\{role="home"\} \d+$/m);
		expect(text).to.match(/^nodejs_eventloop_lag_p99_seconds\{role="home"\}/m);
	});

	it('what is for the process is told by its host, and never for what a proxy passed on', async () => {
		const port = await run(async () => role());
		for (const host of ['10.1.2.3:8080', '[fd00::1]:8080', 'localhost:8080', 'home-1:8080']) {
			expect(await ask(port, '/metrics', {}, host), host).to.contain('process_resident_memory_bytes{');
			expect(await ask(port, '/internal/v1/home', {}, host), host).to.equal('200 inside');
			for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host']) {
				expect(await ask(port, '/metrics', { [name]: 'x' }, host), `${host} ${name}`).to.equal('200 site');
				expect(await ask(port, '/internal/v1/home', { [name]: 'x' }, host)).to.equal(
					'404 There is nothing here.',
				);
			}
		}
		expect(await ask(port, '/', {}, 'belmont.anytown.example')).to.equal('200 site');
		expect(await ask(port, '/healthz', {}, 'belmont.anytown.example')).to.equal('200 site');
	});

	it('stops once: an answer under way is finished first, then the role is closed', async () => {
		const waiting = Promise.withResolvers<ServerResponse>();
		const port = await run(async () => role({ handle: (_request, response) => waiting.resolve(response) }));
		const under = ask(port, '/', {}, 'belmont.example');
		const response = await waiting.promise;
		const stopping = running!.stop();
		expect(closed).to.equal(0);
		response.end('whole');
		expect(await under).to.equal('200 whole');
		await Promise.all([stopping, running!.stop()]);
		expect(closed).to.equal(1);
	});

	it('stops also while it still waits for what it needs', async () => {
		await run(() => Promise.reject(new Error('away')));
		await running!.stop();
		expect(closed).to.equal(0);
	});
});

describe('public addresses', () => {
	it('are https names below the domain, without a port', () => {
		const addresses = publicAddresses('library.example');
		expect([
			addresses.console,
			addresses.card('anytown'),
			addresses.accountability('anytown'),
			addresses.branch('anytown', 'belmont'),
		]).to.deep.equal([
			'https://console.library.example',
			'https://card.anytown.library.example',
			'https://accountability.anytown.library.example',
			'https://belmont.anytown.library.example',
		]);
	});
});
