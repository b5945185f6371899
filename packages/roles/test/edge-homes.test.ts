import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { until } from '../../../test/e2e/platform/bed.ts';
import { edgeHomes, keepEdgeHomes, type Placed } from '../src/edge-homes.ts';

const PORTS: Readonly<Record<string, number>> = { 'home-1': 8090, 'home-2': 8091, 'branch-den': 8092 };
const portOf = (home: string) => PORTS[home] ?? null;
const placed: readonly Placed[] = [
	{ origin: 'https://main.port.example', place: 'home-1' },
	{ origin: 'https://den.port.example', place: 'branch-den' },
	{ origin: 'https://annex.port.example', place: 'home-2' },
	{ origin: 'https://new.port.example', place: 'home-3' },
];

describe('what the proxy of one machine is told of homes', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-edge-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	it('branches of the first home need no line, and a home that never started has none', () => {
		expect(edgeHomes(placed, 8090, portOf)).to.equal(
			'annex.port.example 127.0.0.1:8091\nden.port.example 127.0.0.1:8092\n',
		);
	});

	it('the file is readable for another user, and is not touched while nothing changes', async () => {
		const file = join(folder, 'homes');
		let asked = 0;
		const keep = keepEdgeHomes({
			file,
			firstPort: 8090,
			portOf,
			placed: async () => {
				asked += 1;
				return placed;
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
			portOf,
			placed: async () => {
				if (away) throw new Error('no database');
				return placed;
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
