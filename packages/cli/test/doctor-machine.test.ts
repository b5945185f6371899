import {
	chmodSync,
	chownSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fault } from '@understory/cli/doctor/check.ts';
import { type Finding, findingsOf } from '@understory/cli/doctor/findings.ts';
import { MACHINE_CHECKS } from '@understory/cli/doctor/machine/checks.ts';
import { findInstallation } from '@understory/cli/doctor/machine/find-installation.ts';
import type { Means } from '@understory/cli/doctor/machine/machine-check.ts';
import { meansOfThisMachine } from '@understory/cli/doctor/machine/means.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { NotAllowed } from '@understory/core/errors.ts';
import { expect } from 'chai';
import pg from 'pg';
import { DAY, DOMAIN, type MachineBed, NAMES, startMachineBed, YEAR } from './machine-bed.ts';

const PAGE = fileURLToPath(new URL('../../../docs/library-it/one-machine.md', import.meta.url));

describe('understory doctor --machine', function () {
	this.timeout(60_000);
	let bed: MachineBed;
	before(async () => {
		bed = await startMachineBed();
	});
	after(() => bed?.close());

	/** This computer, but for what a test cannot have: a public name, an authority, a clock that systemd keeps. */
	function means(other: Partial<Means> = {}): Means {
		return {
			...meansOfThisMachine({ now: () => Date.now(), backupDays: 7, freeBytes: 1 }),
			...{ lookUp: async () => undefined, clockIsKept: async () => true },
			authorities: bed.authorities,
			...other,
		};
	}
	async function all(other: Partial<Means> = {}): Promise<readonly Finding[]> {
		const here = findInstallation(bed.etc, bed.state);
		const when = { where: here.folder, denied: 'denied', other: 'other' };
		return (await findingsOf(MACHINE_CHECKS, (check) => check(here, means(other)), when)).found;
	}
	async function look(name: string, other: Partial<Means> = {}): Promise<readonly Fault[]> {
		const [, check] = MACHINE_CHECKS.find(([one]) => one === name)!;
		return check(findInstallation(bed.etc, bed.state), means(other));
	}
	const wrong = async (name: string, other: Partial<Means> = {}) =>
		(await look(name, other)).map(({ where, wrong }) => `${where}: ${wrong}`);

	it('has nothing to say of a machine that is as it should be', async () => {
		expect(await all()).to.deep.equal([]);
	});

	it('names a setting that nobody reads, one that is missing, a secret that is empty, a domain that Caddy has otherwise', async () => {
		const back = [
			bed.change('provisioner.env', (text) => `${text}# a note\nUNDERSTORY_PROT=8080\n`),
			bed.change('accountability.env', (text) => text.replace(/^UNDERSTORY_PLATFORM_URL=.*\n/m, '')),
			bed.change('secrets/sso-bridge/master', () => ''),
		];
		const found = await look('settings');
		expect(found.map(({ where, wrong }) => [where, wrong.split(/[. ]/, 1)[0]])).to.deep.equal([
			['provisioner', 'UNDERSTORY_PROT'],
			['sso-bridge', 'The'],
			['accountability', 'UNDERSTORY_PLATFORM_URL'],
		]);
		expect(found[1]!.wrong).to.match(/^The secret file master in \S+ is empty\./);
		expect(found[0]!.mend).to.include('systemctl restart understory-provisioner');
		for (const undo of back) undo();
		const undo = bed.change('caddy.env', () => 'UNDERSTORY_DOMAIN=other.example\n');
		expect(await wrong('settings')).to.deep.equal([
			`caddy: caddy.env says the domain other.example, provisioner.env ${DOMAIN}.`,
		]);
		undo();
	});

	it('says that an upgrade was broken off, and how it is brought to its end', async () => {
		const notes = `${bed.state}-upgrade`;
		mkdirSync(notes);
		writeFileSync(join(notes, 'journal.json'), '{}');
		const found = await look('settings');
		rmSync(notes, { recursive: true });
		expect(found.map(({ where }) => where)).to.deep.equal(['upgrade']);
		expect(found[0]!.mend).to.equal(
			`${notes}/from/node_modules/.bin/node ${notes}/from/infra/one-machine/upgrade.ts --carry-on`,
		);
		expect(await look('settings')).to.deep.equal([]);
	});

	it('names a file of settings that is gone, and looks at the roles that it can', async () => {
		const file = join(bed.etc, 'sso-bridge.env');
		renameSync(file, `${file}.away`);
		expect(await wrong('settings')).to.deep.equal([`sso-bridge: sso-bridge.env is missing in ${bed.etc}.`]);
		expect(findInstallation(bed.etc, bed.state).processes.map(({ name }) => name)).to.deep.equal([
			'provisioner',
			'accountability',
			'home-1',
		]);
		renameSync(`${file}.away`, file);
	});

	it('names a secret that others may read, and one that belongs to somebody else', async () => {
		const secret = join(bed.etc, 'secrets/provisioner/platform-key');
		chmodSync(secret, 0o640);
		expect(await wrong('secrets')).to.deep.equal([`${secret}: Others on this computer may read it.`]);
		chmodSync(secret, 0o600);
		if (process.getuid?.() !== 0) return;
		chownSync(secret, 12_345, 12_345);
		expect((await look('secrets')).map(({ mend }) => mend)).to.deep.equal([`chown 0 ${secret}`]);
		chownSync(secret, 0, 0);
	});

	it('names a data folder that is not there, and what its owner may not write to', async () => {
		const bridge = join(bed.state, 'sso-bridge');
		renameSync(bridge, `${bridge}.away`);
		expect(await wrong('folders')).to.deep.equal([`${bridge}: There is no such folder.`]);
		renameSync(`${bridge}.away`, bridge);
		const file = join(bed.state, 'provisioner/homes/home-1/branches/b-1/branch.sqlite');
		chmodSync(file, 0o400);
		expect(await wrong('folders')).to.deep.equal([`${file}: Its owner may not write to it.`]);
		chmodSync(file, 0o600);
		if (process.getuid?.() !== 0) return;
		// As somebody leaves it who copied a branch back by hand.
		chownSync(file, 12_345, 12_345);
		expect((await look('folders'))[0]!.mend).to.include(`chown --recursive 0:0 ${file}`);
		chownSync(file, 0, 0);
	});

	it('names a disk once that has too few bytes left, or too few inodes', async () => {
		const [few, ...others] = await look('disks', { freeBytes: 2 ** 70 });
		expect(others).to.deep.equal([]);
		expect(few!.wrong).to.match(/^Its disk has [\d.]+ GiB left, fewer than/);
		const disk = async () => ({ bavail: 1e9, bsize: 4096, files: 1000, ffree: 7 });
		expect((await wrong('disks', { disk }))[0]).to.include('room for 7 more files (inodes) of 1000.');
		expect(
			await look('disks', { disk: async () => ({ bavail: 1e9, bsize: 4096, files: 0, ffree: 0 }) }),
		).to.deep.equal([]);
	});

	it('names a database that takes no password, that is not there, and one that nobody answers at, and shows no password', async () => {
		const where = 'secrets/accountability/database-url';
		const address = new URL(readFileSync(join(bed.etc, where), 'utf8').trim());
		const with_ = async (part: Partial<Pick<URL, 'password' | 'pathname' | 'port'>>) => {
			const undo = bed.change(where, () => Object.assign(new URL(address), part).href);
			const found = await look('databases');
			undo();
			return found;
		};
		const said = [
			await with_({ password: 'of-somebody-else' }),
			await with_({ pathname: '/elsewhere' }),
			await with_({ port: String(await unused()) }),
		];
		expect(said.map((found) => found.map(({ wrong }) => wrong))).to.deep.equal([
			['It does not take the user or the password.'],
			['There is no such database.'],
			['Nobody answers there.'],
		]);
		expect(JSON.stringify(said)).to.not.include('of-somebody-else').and.to.not.include(address.password);
	});

	it('names the tables that a start that was killed left locked', async () => {
		const url = readFileSync(join(bed.etc, 'secrets/provisioner/database-url'), 'utf8').trim();
		const client = new pg.Client({ connectionString: url });
		await client.connect();
		await client.query('create table schema_step_lock (index int, is_locked int)');
		await client.query('insert into schema_step_lock values (1, 0)');
		expect(await look('databases')).to.deep.equal([]);
		await client.query('update schema_step_lock set is_locked = 1');
		const [fault, ...others] = await look('databases');
		expect(others).to.deep.equal([]);
		const mend = /run (update .* set is_locked = 0) in that database/.exec(fault!.mend)![1]!;
		// What it says mends it.
		await client.query(mend);
		expect(await look('databases')).to.deep.equal([]);
		await client.end();
	});

	it('names a role that waits, one whose port somebody else has, and a home that is not there', async () => {
		bed.said.ready = { 'sso-bridge': [503, 'It waits for: database.\n'], accountability: [404, ''] };
		const port = join(bed.state, 'provisioner/home-starts/home-1/port');
		const kept = readFileSync(port, 'utf8');
		writeFileSync(port, String(await unused()));
		const found = await wrong('processes');
		expect(found).to.have.length(3);
		expect(found[0]).to.equal('sso-bridge: It is not ready. It waits for: database.');
		expect(found[1]).to.match(/^accountability: Who answers at \S+ is somebody else/);
		expect(found[2]).to.match(/^home-1: Nobody answers at/);
		writeFileSync(port, kept);
		bed.said.ready = {};
	});

	it('names a provisioner that does not know its own console, and one that takes any name for ours', async () => {
		const { ours } = bed.said;
		bed.said.ours = () => false;
		expect((await look('ours')).map(({ where }) => where)).to.deep.equal([`console.${DOMAIN}`]);
		bed.said.ours = () => true;
		expect((await wrong('ours'))[0]).to.include('Anybody could have certificates made here.');
		bed.said.ours = ours;
	});

	it('names what the DNS does not know or does not tell, of what is served', async () => {
		const lookUp = (code: string) => async (name: string) => {
			if (name.startsWith('main.')) throw Object.assign(new Error(code), { code });
		};
		const [fault, ...others] = await look('names', { lookUp: lookUp('ENOTFOUND') });
		expect(others).to.deep.equal([]);
		expect(fault!.where).to.equal(`main.anytown.${DOMAIN}`);
		expect(fault!.mend).to.include(`*.anytown.${DOMAIN} lead to this machine`);
		expect(await wrong('names', { lookUp: lookUp('EAI_AGAIN') })).to.deep.equal([
			`main.anytown.${DOMAIN}: The DNS does not say where it is (EAI_AGAIN).`,
		]);
		const { ours } = bed.said;
		bed.said.ours = (name) => name.startsWith('console.');
		expect(await look('names', { lookUp: lookUp('ENOTFOUND') }), 'suspended').to.deep.equal([]);
		bed.said.ours = ours;
	});

	it('names certificates that run out, ran out, or come from nobody that browsers trust', async () => {
		// Whatever its time is, what counts is which part of it is left.
		await bed.certify(YEAR - 70 * DAY);
		expect(await look('certificates')).to.deep.equal([]);
		await bed.certify(YEAR - 5 * DAY);
		expect((await wrong('certificates'))[0]).to.match(/ Its certificate is good for [45] more days/);
		await bed.certify(YEAR + 5 * DAY);
		expect((await look('certificates')).map(({ where }) => where)).to.have.members(NAMES);
		expect((await wrong('certificates'))[0]).to.include('No browser takes its certificate');
		await bed.certify(DAY);
		const strangers = await look('certificates', { authorities: undefined });
		expect(strangers.map(({ where }) => where)).to.have.members(NAMES);
		expect(await look('certificates')).to.deep.equal([]);
	});

	it('names a name that the door has no certificate for, and a door that nobody answers at', async () => {
		const file = join(bed.state, 'provisioner/homes/home-1/desired/b-1.json');
		const kept = readFileSync(file, 'utf8');
		writeFileSync(file, kept.replace(`main.anytown.${DOMAIN}`, `other.anytown.${DOMAIN}`));
		const { ours } = bed.said;
		bed.said.ours = (name) => ours(name) || name.startsWith('other.');
		expect((await wrong('certificates'))[0]).to.match(/^other\.\S+: The door shows no certificate for it/);
		bed.said.ours = ours;
		writeFileSync(file, kept);
		const port = await unused();
		const undo = bed.change('provisioner.env', (text) =>
			text.replace(/^(UNDERSTORY_EDGE=127.0.0.1:).*$/m, `$1${port}`),
		);
		expect(await wrong('certificates')).to.deep.equal([
			`127.0.0.1:${port}: Nobody answers there: the platform cannot be reached from outside.`,
		]);
		undo();
	});

	it('names a clock that goes otherwise, and one that nobody keeps right', async () => {
		bed.said.ahead = { accountability: 3_600_000 };
		const [ahead, ...others] = await look('clocks');
		expect(others).to.deep.equal([]);
		expect(ahead!.where).to.equal('accountability');
		expect(Number(/are (\d+) seconds apart\.$/.exec(ahead!.wrong)?.[1])).to.be.within(3000, 3601);
		bed.said.ahead = {};
		const slow = (await look('clocks', { now: () => Date.now() - 120_000 })).map(({ where }) => where);
		expect(slow).to.include.members(['provisioner', 'home-1', 'database of provisioner']);
		expect(await wrong('timekeeping', { clockIsKept: async () => false })).to.deep.equal([
			'this machine: Nobody keeps its clock right.',
		]);
	});

	it('names a branch whose newest copy is old, or is not there, wherever copies lie; not one that is retired', async () => {
		expect(await wrong('copies', { now: () => Date.now() + 8 * DAY })).to.deep.equal([
			'anytown/main: Its newest copy is 9 days old.',
		]);
		const second = join(bed.state, 'second-disk');
		mkdirSync(second);
		const undo = bed.change('provisioner.env', (text) => `${text}UNDERSTORY_BACKUPS=${second}\n`);
		expect((await wrong('copies'))[0]).to.equal('anytown/main: There is no copy of it that was tried.');
		mkdirSync(join(second, 'home-1'));
		renameSync(bed.copies, join(second, 'home-1', 'b-1'));
		expect(await look('copies')).to.deep.equal([]);
		const note = join(second, 'home-1', 'b-1', 'copy-1', 'tried.json');
		const noted = JSON.parse(readFileSync(note, 'utf8'));
		for (const apart of [true, false]) {
			writeFileSync(note, JSON.stringify({ ...noted, apart }));
			expect(await wrong('copies')).to.deep.equal(
				apart
					? []
					: [
							'this machine: The newest copy lies on the disk of the branch itself, and is lost together with it: anytown/main.',
						],
			);
		}
		writeFileSync(note, JSON.stringify(noted));
		renameSync(join(second, 'home-1', 'b-1'), bed.copies);
		undo();
		rmSync(second, { recursive: true });
	});

	it('names a branch of which nothing lies in the object storage that was named, and keys to it that are missing or open to others', async () => {
		const keys = join(bed.state, 'copies-away');
		const said = `UNDERSTORY_COPIES_AWAY=s3://copies/anytown\nUNDERSTORY_COPIES_AWAY_CREDENTIALS=${keys}\n`;
		const undo = bed.change('provisioner.env', (text) => `${text}${said}`);
		expect(await wrong('copies')).to.deep.equal([
			`${keys}: The file with the keys to the object storage is not there.`,
			'anytown/main: No copy of it lies in s3://copies/anytown: it is lost with this machine.',
		]);
		writeFileSync(keys, '[default]\n', { mode: 0o644 });
		const [copy] = readdirSync(bed.copies);
		const note = join(bed.copies, copy!, 'away.json');
		writeFileSync(note, JSON.stringify({ where: 's3://copies/anytown', at: 1 }));
		expect(await wrong('copies')).to.deep.equal([`${keys}: Others on this computer may read it.`]);
		chmodSync(keys, 0o400);
		expect(await look('copies')).to.deep.equal([]);
		writeFileSync(note, JSON.stringify({ where: 's3://another', at: 1 }));
		expect(await look('copies')).to.have.length(1);
		for (const file of [keys, note]) rmSync(file);
		undo();
	});

	describe('as it is called', () => {
		async function run(...words: string[]) {
			let out = '';
			let said = '';
			const never = () => {
				throw new Error('an installation is looked at without a login');
			};
			const code = await runCommand(words, {
				config: { url: null, token: null, loginFile: join(bed.state, 'no-login.json') },
				out: (text) => {
					out += text;
				},
				say: (text) => {
					said += text;
				},
				...{
					seen: false,
					now: () => Date.now(),
					askSecret: never,
					stopped: never,
					file: never,
					client: never,
				},
			});
			return { code, out, said };
		}

		it('the page of one machine has it, and it needs no login; with something to mend it ends with 1', async () => {
			const lines = [...readFileSync(PAGE, 'utf8').matchAll(/^npm run (?:--silent )?understory -- (.+)$/gm)];
			expect(lines.length).to.be.greaterThan(1);
			const undo = bed.change('provisioner.env', (text) => `${text}UNDERSTORY_PROT=8080\n`);
			for (const [, line] of lines) {
				const words = line!.split(' ').map((word) => (word === '/etc/understory' ? bed.etc : word));
				const { code, out, said } = await run(...words, '--state', bed.state);
				expect(code, said).to.equal(EXIT.refused);
				expect(out).to.include('UNDERSTORY_PROT is not a setting of the role provisioner.');
				expect(said).to.include(`Looked at the installation in ${bed.etc} (settings, secrets, `);
			}
			undo();
		});

		it('a folder that is no installation, numbers that are none, and two things to look at are told', async () => {
			const none = await run('doctor', '--machine', join(bed.state, 'sso-bridge'));
			expect([none.code, none.said]).to.deep.equal([
				EXIT.refused,
				`${join(bed.state, 'sso-bridge')} holds no installation. Name the settings of one machine, such as /etc/understory, or the data folder of a town, such as .town.\n`,
			]);
			const number = await run('doctor', '--machine', bed.etc, '--free-gib', 'much');
			expect(number.said).to.equal('--free-gib takes a number of GiB from 1 on, and not "much".\n');
			expect((await run('doctor', '--machine', bed.etc, '--library', 'anytown')).code).to.equal(EXIT.usage);
		});

		it('a folder that is closed to this user is told as that', () => {
			const root = process.getuid?.() === 0;
			const secrets = join(bed.etc, 'secrets');
			chmodSync(secrets, 0);
			if (root) process.seteuid!(12_345);
			try {
				expect(() => findInstallation(bed.etc, bed.state)).to.throw(NotAllowed, 'is closed to this user');
			} finally {
				if (root) process.seteuid!(0);
				chmodSync(secrets, 0o700);
			}
		});

		it('a role that is not there is a fault, and what rests on it could not be looked at', async () => {
			await bed.end('provisioner');
			const found = (await all()).map(({ check, where, looked }) => [check, where, looked]);
			expect(found).to.deep.equal([
				['processes', 'provisioner', true],
				['ours', bed.etc, false],
			]);
		});
	});
});

/** A port at which nobody listens. */
async function unused(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}
