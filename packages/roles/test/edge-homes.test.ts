import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, silentLog } from '@understory/core/log.ts';
import type { Route } from '@understory/core/routes.ts';
import { expect } from 'chai';
import { until } from '../../../test/e2e/platform/bed.ts';
import { edgeHomes, keepEdgeHomes } from '../src/edge-homes.ts';

const route = (host: string, home: string, port: number): Route => ({
	host,
	home,
	address: `http://127.0.0.1:${port}`,
});
const routes: readonly Route[] = [
	route('main.port.example', 'home-1', 8090),
	route('den.port.example', 'branch-den', 8092),
	route('annex.port.example', 'home-2', 8091),
];

describe('what the proxy of one machine is told of homes', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-edge-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	it('branches of the first home need no line', () => {
		expect(edgeHomes(routes, 8090)).to.equal(
			'# Branches that live in another home than the first.\nannex.port.example 127.0.0.1:8091\nden.port.example 127.0.0.1:8092\n',
		);
	});

	it('with no such branch the file still says something: one that is empty, Caddy would refuse with all that imports it', () => {
		expect(edgeHomes(routes.slice(0, 1), 8090)).to.match(/^#.+\n$/);
	});

	it('the file is readable for another user, and is not touched while nothing changes', async () => {
		const file = join(folder, 'homes');
		let asked = 0;
		const keep = keepEdgeHomes({
			file,
			firstPort: 8090,
			routes: async () => {
				asked += 1;
				return routes;
			},
			log: silentLog,
		});
		keep();
		await until('the file', async () => existsSync(file), Boolean);
		const { ino, mode } = statSync(file);
		expect(mode & 0o777).to.equal(0o644);
		keep();
		keep();
		await until(
			'three looks',
			async () => asked,
			(times) => times === 3,
		);
		expect(statSync(file).ino).to.equal(ino);
		expect(readFileSync(file, 'utf8')).to.contain('den.port.example');
	});

	it('a database that is away is logged, and the next look finds what is so', async () => {
		const file = join(folder, 'homes');
		const warned: string[] = [];
		const log: Log = { ...silentLog, warn: (event) => void warned.push(event) };
		let away = true;
		const keep = keepEdgeHomes({
			file,
			firstPort: 8090,
			routes: async () => {
				if (away) throw new Error('no database');
				return routes;
			},
			log,
		});
		keep();
		await until(
			'the warning',
			async () => warned,
			(events) => events.includes('edge_homes_not_written'),
		);
		away = false;
		keep();
		await until('the file', async () => existsSync(file), Boolean);
	});
});
