import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import type { HomeWatch } from '../../src/drivers/driver.ts';
import { connectCluster } from '../../src/drivers/helm/cluster.ts';
import { createHomeWatcher, type HomeWatcher } from '../../src/drivers/helm/home-watch.ts';

interface Asked {
	readonly path: string;
	readonly query: URLSearchParams;
	readonly accept: string;
	readonly answer: ServerResponse;
}

const metadata = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion } });

describe('a watch of homes in a cluster', () => {
	const folder = mkdtempSync(join(tmpdir(), 'understory-watch-'));
	let kubeconfig: string;
	let server: Server;
	/** What was asked and not looked at by the test, in its order, and who waits for the next. */
	let line: Asked[] = [];
	let next: ((asked: Asked) => void) | null = null;
	let watcher: HomeWatcher;
	let watch: HomeWatch;
	let told: string[] = [];
	let pauses: number[] = [];
	let logged: string[] = [];

	before(async () => {
		server = createServer((request: IncomingMessage, answer) => {
			const { pathname, searchParams } = new URL(request.url!, 'http://cluster');
			const { accept = '' } = request.headers;
			const asked = { path: pathname, query: searchParams, accept, answer };
			if (next) next(asked);
			else line.push(asked);
			next = null;
		});
		await once(server.listen(0, '127.0.0.1'), 'listening');
		const named = (what: string, value: object) => [{ name: 'test', [what]: value }];
		const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		kubeconfig = join(folder, 'kubeconfig');
		const config = {
			clusters: named('cluster', { server: address, 'insecure-skip-tls-verify': true }),
			users: named('user', { token: 'of-the-account' }),
			contexts: named('context', { cluster: 'test', user: 'test' }),
			'current-context': 'test',
		};
		writeFileSync(kubeconfig, JSON.stringify(config));
	});
	after(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
		rmSync(folder, { recursive: true });
	});
	beforeEach(async () => {
		[line, told, pauses, logged] = [[], [], [], []];
		const { homesIn } = await connectCluster({ kubeconfig });
		watcher = createHomeWatcher({
			homesIn,
			log: { ...silentLog, warn: (event) => void logged.push(event) },
			pause: async (milliseconds) => void pauses.push(milliseconds),
			random: () => 1,
		});
		watch = watcher.begin((home) => void told.push(home));
	});
	afterEach(async () => {
		const ended = watch.close();
		for (const { answer } of line) answer.destroy();
		await ended;
	});

	const asked = () =>
		line.shift() ??
		new Promise<Asked>((resolve) => {
			next = resolve;
		});
	const answer = (to: Asked, body: object, status = 200) =>
		to.answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	const list = async (homes: Readonly<Record<string, string>>, resourceVersion: string) => {
		const one = await asked();
		expect(one.query.get('watch')).to.equal(null);
		const items = Object.entries(homes).map(([name, version]) => metadata(name, version));
		answer(one, { kind: 'PartialObjectMetadataList', metadata: { resourceVersion }, items });
		return one;
	};
	/** The watch that is asked for next; ends when the test ends it. */
	const watched = async () => {
		const one = await asked();
		expect(one.query.get('watch')).to.equal('true');
		one.answer.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
		const say = (type: string, object: object) => one.answer.write(`${JSON.stringify({ type, object })}\n`);
		return { ...one, say };
	};
	/** What was said is heard before the end of it is, after which the watch is taken up again. */
	const end = async (one: Asked) => {
		one.answer.end();
		return watched();
	};

	it('asks for metadata alone, in the namespaces that homes live in, once for each', async () => {
		watcher.livesIn('homes');
		watcher.livesIn('homes');
		const listed = await list({ 'home-1': '3' }, '7');
		const one = await watched();
		for (const { path, query } of [listed, one]) {
			expect(path).to.equal('/apis/apps/v1/namespaces/homes/deployments');
			expect(query.get('labelSelector')).to.equal(
				'app.kubernetes.io/name=understory,app.kubernetes.io/component=home',
			);
		}
		const form = ';g=meta.k8s.io;v=v1';
		expect(listed.accept).to.equal(`application/json;as=PartialObjectMetadataList${form}`);
		expect(one.accept).to.equal(`application/json;as=PartialObjectMetadata${form}`);
		expect(one.query.get('resourceVersion')).to.equal('7');
		expect(one.query.get('allowWatchBookmarks')).to.equal('true');
		expect(Number(one.query.get('timeoutSeconds'))).to.equal(300);
		expect(line).to.deep.equal([]);
	});

	it('tells of homes that change or go, and not of those that are there at first or are made', async () => {
		watcher.livesIn('homes');
		await list({ 'home-1': '3', 'home-2': '4' }, '7');
		const one = await watched();
		one.say('ADDED', metadata('home-3', '8'));
		one.say('MODIFIED', metadata('home-1', '9'));
		one.say('DELETED', metadata('home-2', '10'));
		await end(one);
		expect(told).to.deep.equal(['home-1', 'home-2']);
	});

	it('goes on after an end from the version it last heard of, be it of a home or of nothing at all', async () => {
		watcher.livesIn('homes');
		await list({}, '7');
		const one = await watched();
		one.say('BOOKMARK', { metadata: { resourceVersion: '40' } });
		const second = await end(one);
		expect(second.query.get('resourceVersion')).to.equal('40');
		second.say('MODIFIED', metadata('home-1', '41'));
		expect((await end(second)).query.get('resourceVersion')).to.equal('41');
		expect(pauses).to.deep.equal([1_000, 1_000]);
		expect(logged).to.deep.equal([]);
	});

	for (const how of ['as an event', 'as a status'])
		it(`a version that is too old, said ${how}, has all listed anew, and what changed meanwhile is told`, async () => {
			watcher.livesIn('homes');
			await list({ 'home-1': '3', 'home-2': '4', 'home-3': '5' }, '7');
			const one = await asked();
			if (how === 'as a status') answer(one, { code: 410 }, 410);
			else answer(one, { type: 'ERROR', object: { kind: 'Status', code: 410 } });
			await list({ 'home-1': '3', 'home-2': '80', 'home-9': '81' }, '90');
			expect((await watched()).query.get('resourceVersion')).to.equal('90');
			expect(told).to.deep.equal(['home-2', 'home-3']);
		});

	it('a cluster that is lost is asked again after pauses that grow to a minute; that is said once, and nothing is told', async () => {
		watcher.livesIn('homes');
		await list({ 'home-1': '3' }, '7');
		for (let time = 0; time < 8; time++) (await asked()).answer.destroy();
		const back = await watched();
		expect(back.query.get('resourceVersion')).to.equal('7');
		expect(pauses).to.deep.equal([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
		expect(told).to.deep.equal([]);
		expect(logged).to.deep.equal(['home_watch_lost']);
		back.say('BOOKMARK', { metadata: { resourceVersion: '8' } });
		await end(back);
		expect(pauses.at(-1)).to.equal(1_000);
	});

	it('without the right to it, or with an answer that is none, nothing is told either', async () => {
		watcher.livesIn('homes');
		answer(await asked(), { kind: 'Status', code: 403 }, 403);
		answer(await asked(), { kind: 'PartialObjectMetadataList' });
		await list({ 'home-1': '3' }, '7');
		const one = await watched();
		one.answer.write('not json\n{"type":"MODIFIED"}\n{"type":"MODIFIED","object":{"metadata":{}}}\n');
		await end(one);
		expect(told).to.deep.equal([]);
	});

	it('ends when it is closed: its connections are let go of, and no namespace is taken up any more', async () => {
		watcher.livesIn('homes');
		await list({ 'home-1': '3' }, '7');
		const one = await watched();
		watcher.livesIn('slow');
		line.push(await asked());
		const gone = once(one.answer, 'close');
		await watch.close();
		await gone;
		watcher.livesIn('another');
		expect(line.map(({ path }) => path)).to.deep.equal(['/apis/apps/v1/namespaces/slow/deployments']);
	});

	it('watches a hundred namespaces and no more', async () => {
		for (let at = 0; at < 120; at++) watcher.livesIn(`library-${at}`);
		const paths = new Set<string>();
		for (let at = 0; at < 100; at++) paths.add((await list({}, '7')).path);
		for (let at = 0; at < 100; at++) paths.add((await watched()).path);
		expect(paths).to.have.property('size', 100);
		expect(line).to.deep.equal([]);
	});
});
