import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@understory/core/log.ts';
import { createInternalClient } from '@understory/outgoing/outgoing.ts';
import { driverRules } from '@understory/provisioner/drivers/conformance.ts';
import { createLocalDriver } from '@understory/provisioner/drivers/local.ts';
import { expect } from 'chai';
import { startPlatform, type TestPlatform } from '../../home/test/platform.ts';
import { type CountedStarter, counted } from '../../provisioner/test/fixtures/local-homes.ts';
import { freePort } from '../../town/src/postgres-process.ts';
import { homeProcesses } from '../src/home-process.ts';

describe('homes as processes of one machine', function () {
	this.timeout(60_000);
	const spec = () => ({ name: 'home-1', kind: 'shared' as const, enrolmentToken: platform.token });
	let folder: string;
	let port: number;
	let platform: TestPlatform;
	let internal: ReturnType<typeof createInternalClient>;
	const lost: string[] = [];
	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-homes-'));
		port = await freePort();
		platform = await startPlatform(() => Date.now());
		internal = createInternalClient({ town: false });
	});
	after(async () => {
		await internal.close();
		await platform.die();
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	});

	const starter = () =>
		homeProcesses({
			folder,
			firstPort: port,
			variables: {
				UNDERSTORY_ADDRESS: '127.0.0.1',
				UNDERSTORY_PLATFORM_URL: platform.url,
				UNDERSTORY_LOG_LEVEL: 'silent',
			},
			internal,
			log: silentLog,
		});
	const newDriver = () => createLocalDriver(starter(), (name) => lost.push(name));
	const pid = (name = 'home-1') => Number(readFileSync(join(folder, 'home-starts', name, 'pid'), 'utf8'));
	const runs = (number: number) => {
		try {
			return process.kill(number, 0);
		} catch {
			return false;
		}
	};
	/** Homes of a program that ends as soon as it is started. */
	const startsWhatEnds = (below: string, firstPort = port) => {
		const program = join(folder, 'ends.mjs');
		writeFileSync(program, 'process.exit(3);\n');
		return homeProcesses({ folder: below, firstPort, variables: {}, internal, log: silentLog, program });
	};

	describe('keep the rules of every driver:', () => {
		let driver: ReturnType<typeof newDriver>;
		let homes: CountedStarter;
		before(() => {
			homes = counted(starter());
			driver = createLocalDriver(homes.start);
		});
		const inFolder = () => join(folder, 'homes', 'home-1', 'left');
		const rules = driverRules({
			spec,
			leave: async (text) => writeFileSync(inFolder(), text),
			left: async () => readFileSync(inFolder(), 'utf8'),
			token: async () =>
				readFileSync(join(folder, 'home-starts', 'home-1', 'secrets', 'enrolment-token'), 'utf8'),
			processes: async () => homes.running('home-1').length,
			failing: async () => ({
				driver: createLocalDriver(startsWhatEnds(folder)),
				says: /^home-never did not become ready\. What it said is in the log\.$/,
			}),
			thingsOf: async (name) => (runs(pid(name)) ? [name] : []),
		});
		for (const { rule, check } of rules) it(rule, () => check(driver));
		after(() => driver.close());
	});

	it('a home outlives a provisioner that is killed, and the next one takes it up, and stops it', async () => {
		const first = newDriver();
		await first.start(spec());
		const running = pid();
		const second = newDriver();
		await second.start({ ...spec(), enrolmentToken: 'another' });
		expect(pid()).to.equal(running);
		await second.close();
		expect(() => process.kill(running, 0)).to.throw('ESRCH');
		await first.close();
	});

	it('a home that dies is absent, whoever watches it is told, and it is started again', async () => {
		const driver = newDriver();
		await driver.start(spec());
		const before = pid();
		lost.length = 0;
		const told = new Promise<void>((done) => {
			lost.push = (name) => {
				done();
				return Array.prototype.push.call(lost, name);
			};
		});
		process.kill(before, 'SIGKILL');
		await told;
		expect((await driver.observe('home-1')).state).to.equal('Absent');
		await driver.start(spec());
		expect(pid()).to.not.equal(before);
		await driver.close();
	});

	it('a port that somebody else has is told by its number, and nobody else is ended', async () => {
		const stranger = createServer((_request, response) => response.end('{"name":"home-1","pid":1}'));
		await new Promise<void>((done) => stranger.listen(port, '127.0.0.1', done));
		const refused = await starter()(spec()).catch((error: Error) => error.message);
		expect(refused).to.contain(`Port ${port} is in use by a process that this provisioner did not start.`);
		stranger.closeAllConnections();
		await new Promise((done) => stranger.close(done));
	});

	it('a home that cannot start is ended and said to be in the log', async () => {
		const refused = await startsWhatEnds(folder)(spec()).catch((error: Error) => error.message);
		expect(refused).to.equal('home-1 did not become ready. What it said is in the log.');
	});

	it('each home keeps the port of its first start, and no two have the same', async () => {
		const first = await freePort();
		const start = startsWhatEnds(join(folder, 'many'), first);
		for (const name of ['home-1', 'branch-belmont', 'home-1'])
			await start({ ...spec(), name }).catch(() => undefined);
		const portOf = (name: string) =>
			Number(readFileSync(join(folder, 'many', 'home-starts', name, 'port'), 'utf8'));
		expect([portOf('home-1'), portOf('branch-belmont')]).to.deep.equal([first, first + 1]);
	});
});
