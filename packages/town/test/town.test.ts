import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';
import { listen } from '@understory/http/server.ts';
import { expect } from 'chai';
import { openDataFolder } from '../src/data-folder.ts';
import { openLogFile } from '../src/log-file.ts';
import { create } from '../src/test-town.ts';
import type { TownFile } from '../src/town-file.ts';

describe('a town', function () {
	this.timeout(120_000);
	let data: string;
	const towns: { close(): Promise<void> }[] = [];
	beforeEach(() => {
		data = mkdtempSync(join(tmpdir(), 'understory-town-'));
	});
	afterEach(async () => {
		for (const town of towns.splice(0)) await town.close();
		rmSync(data, { recursive: true, force: true });
	});
	async function start(options: Parameters<typeof create>[0] = {}) {
		const town = await create({ data, ...options });
		towns.push(town);
		return town;
	}
	const refusal = (act: Promise<unknown>) =>
		act.then(
			() => null,
			(error: unknown) => error,
		);
	const kept = () => JSON.parse(readFileSync(join(data, 'town.json'), 'utf8')) as TownFile;

	it('opens three branches of the sample, each with a host whose card says where; the others are unopened', async () => {
		const { file } = await start({ sample: true, libraries: ['OR0063'] });
		expect(kept()).to.deep.equal(file);
		const [library] = file.libraries;
		const stages = library!.branches.map(({ stage }) => stage);
		expect(library!.branches).to.have.length(19);
		expect(stages.filter((stage) => stage === 'open')).to.have.length(3);
		expect(stages.filter((stage) => stage === 'unopened')).to.have.length(16);
		const open = library!.branches.filter(({ stage }) => stage === 'open').map(({ slug }) => slug);
		const hosts = library!.demoCards.filter(({ role }) => role === 'host').map(({ branch }) => branch);
		expect(hosts.filter((branch) => branch !== null)).to.have.members(open);
		expect(new Set(library!.demoCards.map(({ state }) => state))).to.include.members([
			'good',
			'expired',
			'blocked',
			'lost',
		]);
	});

	it('a second start changes nothing that is published', async () => {
		const first = await start({ sample: true, libraries: ['OR0069'] });
		const { file, port } = first;
		const versions = await first.roles.provisioner.directory.versions();
		await first.close();
		expect(kept().ready).to.equal(false);
		const second = await start({ sample: true, libraries: ['OR0069'], port });
		expect(second.file).to.deep.equal(file);
		expect(await second.roles.provisioner.directory.versions()).to.equal(versions);
	});

	it('settling twice finds nothing to do the second time', async () => {
		const town = await start({ sample: true, libraries: ['OR0069'] });
		await town.settle();
		const before = await town.roles.provisioner.directory.versions();
		await town.settle();
		expect(await town.roles.provisioner.directory.versions()).to.equal(before);
	});

	it('a library of an earlier start keeps its branches and its cards when another one is asked for', async () => {
		const { port, close } = await start({ sample: true, libraries: ['OR0069'] });
		await close();
		const town = await start({ sample: true, libraries: ['IA0333'], port });
		expect(town.file.libraries.map(({ slug }) => slug))
			.to.include('salem')
			.and.to.have.length(2);
		for (const { demoCards, branches } of town.file.libraries) {
			expect(demoCards).to.not.have.length(0);
			expect(branches.some(({ stage }) => stage === 'open')).to.equal(true);
		}
	});

	for (const step of ['library_provisioned', 'branch_opened']) {
		it(`a first start that breaks off at "${step}" is finished by the next one`, async () => {
			let broken = false;
			const error = await refusal(
				start({
					sample: true,
					libraries: ['OR0069'],
					afterStep(name) {
						if (name !== step || broken) return;
						broken = true;
						throw new Error(`broken off at ${step}`);
					},
				}),
			);
			expect(broken).to.equal(true);
			expect(error).to.be.instanceOf(Error);
			const { port } = JSON.parse(readFileSync(join(data, 'address.json'), 'utf8')) as { port: number };
			const town = await start({ sample: true, libraries: ['OR0069'], port });
			const [library] = town.file.libraries;
			expect(library!.branches.map(({ stage }) => stage)).to.deep.equal(['open', 'open']);
			const grants = await town.roles.provisioner.directory.grants(
				(await town.roles.provisioner.directory.running())[0]!.library.id,
			);
			expect(grants.map(({ role }) => role)).to.deep.equal(['host', 'host']);
			expect(new Set(grants.map(({ branch }) => branch)).size).to.equal(2);
		});
	}

	it('an import that breaks off in the first start is gone on with in the same one', async () => {
		let broken = false;
		const town = await start({
			sample: true,
			libraries: ['OR0069'],
			afterStep(name) {
				if (name !== 'import_batch' || broken) return;
				broken = true;
				throw new Error('broken off in the import');
			},
		});
		expect(broken).to.equal(true);
		const [library] = town.file.libraries;
		expect(library!.branches.map(({ stage }) => stage)).to.deep.equal(['open', 'open']);
	});

	it('one that cannot come up lets go of everything it had begun', async () => {
		const error = await refusal(start({ sample: true, libraries: ['ZZ9999'] }));
		expect(error).to.be.instanceOf(PublicError);
		expect((error as PublicError).message).to.contain('ZZ9999');
		expect(existsSync(join(data, 'postgres', 'data', 'postmaster.pid'))).to.equal(false);
		const { port } = JSON.parse(readFileSync(join(data, 'address.json'), 'utf8')) as { port: number };
		await (await listen(() => undefined, { port })).close();
		expect(kept().ready).to.equal(false);
	});
});

describe('the data folder', () => {
	let data: string;
	beforeEach(() => {
		data = mkdtempSync(join(tmpdir(), 'understory-data-'));
	});
	afterEach(() => rmSync(data, { recursive: true, force: true }));

	it('is made with the folders above it, for its owner only', () => {
		const folder = join(data, 'a', 'b');
		openDataFolder(folder, 4000);
		expect(statSync(folder).mode & 0o777).to.equal(0o700);
		expect(() => openDataFolder(folder, 4000)).to.not.throw();
		expect(() => openDataFolder(folder, 4001)).to.throw('belongs to port 4000');
	});

	it('that says nothing readable about its port is refused in a sentence', () => {
		writeFileSync(join(data, 'address.json'), '{"port"');
		expect(() => openDataFolder(data, 4000))
			.to.throw('address.json')
			.with.property('code', 'data_folder');
	});

	it('a town.json that an earlier start left says that it is not ready any more', () => {
		writeFileSync(join(data, 'town.json'), JSON.stringify({ ready: true, console: 'x' }));
		openDataFolder(data, 4000);
		expect(JSON.parse(readFileSync(join(data, 'town.json'), 'utf8'))).to.deep.equal({
			ready: false,
			console: 'x',
		});
		writeFileSync(join(data, 'town.json'), '{"rea');
		openDataFolder(data, 4000);
		expect(JSON.parse(readFileSync(join(data, 'town.json'), 'utf8'))).to.deep.equal({ ready: false });
	});
});

describe('the log file', () => {
	it('is for its owner only and is appended to', () => {
		const folder = mkdtempSync(join(tmpdir(), 'understory-log-'));
		const file = join(folder, 'log');
		for (const line of ['one\n', 'two\n']) {
			const log = openLogFile(file);
			log.write(line);
			log.close();
		}
		expect(readFileSync(file, 'utf8')).to.equal('one\ntwo\n');
		expect(statSync(file).mode & 0o777).to.equal(0o600);
		rmSync(folder, { recursive: true });
	});

	it('a line that cannot be kept is said once, and never stops the town', function () {
		// A device that is always full.
		if (!existsSync('/dev/full')) {
			console.error('      there is no /dev/full here, so a full disk is not tried');
			this.skip();
		}
		const said: string[] = [];
		const log = openLogFile('/dev/full', (sentence) => said.push(sentence));
		for (const line of ['one\n', 'two\n', 'three\n']) log.write(line);
		log.close();
		expect(said).to.deep.equal(['The disk is full: the log cannot be kept.']);
	});
});
