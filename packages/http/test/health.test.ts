import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { createApp } from '../src/app.ts';
import { alive, ready } from '../src/health.ts';
import { addProcessMetrics, createMetrics, serveMetrics } from '../src/metrics.ts';
import { type Listening, listen } from '../src/server.ts';
import { ask } from './ask.ts';

describe('health', () => {
	let server: Listening;
	let database: () => boolean | Promise<boolean>;
	before(async () => {
		const registry = createMetrics('home');
		addProcessMetrics(registry);
		const app = createApp({ log: silentLog });
		app.get('/healthz', alive);
		app.get('/readyz', ready({ database: () => database(), keys: () => true }));
		app.get('/metrics', serveMetrics(registry));
		server = await listen(app, { port: 0 });
	});
	after(() => server.close());

	it('is alive whatever its parts say', async () => {
		database = () => false;
		expect(await ask(server.port, '/healthz')).to.include({ status: 200, text: 'ok\n' });
	});

	it('is ready when every part is', async () => {
		database = async () => true;
		expect(await ask(server.port, '/readyz')).to.include({ status: 200, text: 'ready\n' });
	});

	it('names what it waits for: a part that says no, rejects or throws, and nothing of why', async () => {
		const states = [
			() => false,
			() => Promise.reject(new Error('password 21234')),
			() => {
				throw new Error('password 21234');
			},
		];
		for (const state of states) {
			database = state;
			expect(await ask(server.port, '/readyz')).to.include({ status: 503, text: 'waiting for database\n' });
		}
	});

	it('tells its numbers with its role', async () => {
		const { text, headers } = await ask(server.port, '/metrics');
		expect(headers['content-type']).to.match(/^text\/plain; version=0\.0\.4/);
		expect(text).to.match(/^process_resident_memory_bytes\{role="home"\} \d+/m);
	});

	it('numbers of two roles in one process stay apart', async () => {
		expect(await createMetrics('other').metrics()).not.to.include('process_');
	});
});
