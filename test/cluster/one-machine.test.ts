import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	copyFileSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../e2e/platform/bed.ts';
import { litestreamProgram } from '../interop/litestream-program.ts';
import { commandsBelow } from './fixtures/page-commands.ts';
import { askOverTls } from './machine/ask-over-tls.ts';
import { makeAuthority, SIGNS, TRUST } from './machine/authority.ts';
import { type BootedMachine, layOutMachine } from './machine/booted-machine.ts';
import { shelve } from './machine/software.ts';
import { whyNoMachine } from './machine/why-none.ts';

const DOMAIN = 'library.example';
const CONSOLE = `console.${DOMAIN}`;
const BRANCH = `main.anytown.${DOMAIN}`;
const OWN = `reading-room.anytown.${DOMAIN}`;
const CARD = `card.anytown.${DOMAIN}`;
const SITE = `accountability.anytown.${DOMAIN}`;
const NAMES = [CONSOLE, BRANCH, OWN, CARD, SITE];
const ROLES = ['understory-provisioner', 'understory-sso-bridge', 'understory-accountability'];
const DOOR = ['caddy', 'understory-edge.path'];
const ADDRESS = { street: '1 Main St', city: 'Anytown', region: 'OR', postcode: '97214' };
/** An address that is not of the machine, but leads somewhere. */
const OUTSIDE = '192.0.2.1';
const page = (name: string) => new URL(`../../docs/library-it/${name}.md`, import.meta.url);

describe('one machine under systemd, by the commands of its pages', function () {
	this.timeout(180_000);
	// It is one story.
	this.bail(true);
	let machine: BootedMachine;
	let authority: Buffer;
	const at = (file: string) => join(machine.root, file);
	const ask = (name: string, path: string, options = {}) => askOverTls(443, authority, name, path, options);
	const run = async (commands: string) => {
		const { code, said } = await machine.run(commands);
		expect(code, `${commands}\n${said}`).to.equal(0);
		return said;
	};
	const serves = (name: string, words: string) =>
		until(
			`"${words}" at ${name}`,
			() => ask(name, '/').catch((error: Error) => ({ status: 0, text: error.message, certified: '' })),
			({ status, text }) => status === 200 && text.includes(words),
			90,
		);
	/** Waits until the journal of some units has these words. */
	const says = (units: string, words: string) => {
		const follow = `timeout 90 journalctl --follow --lines=all --output=cat ${units} 2> /dev/null`;
		return run(`grep --quiet --extended-regexp '${words}' < <(${follow})`);
	};
	/** Waits until a unit is so, in the words of systemd. */
	const becomes = (unit: string, wanted: string) =>
		until(
			`${unit} ${wanted}`,
			async () => (await machine.run(`systemctl is-active ${unit}`)).said.trim(),
			(is) => is === wanted,
			30,
		);
	const failed = () => run('systemctl --failed --plain --no-legend');
	/** May whoever is in the control group of a service send anything to somebody outside? */
	async function reaches(unit: string): Promise<boolean> {
		const group = `/sys/fs/cgroup/system.slice/${unit}.service/cgroup.procs`;
		const { code, said } = await machine.run(`echo $$ > ${group}\necho hello > /dev/udp/${OUTSIDE}/4000`);
		if (code !== 0 && !said.includes('Operation not permitted')) throw new Error(said);
		return code === 0;
	}

	before(async function () {
		if (process.env.UNDERSTORY_NO_CLUSTER) this.skip();
		const why = whyNoMachine();
		if (why) {
			if (process.env.CI) throw new Error(why);
			console.warn(`      ${why}`);
			this.skip();
		}
		execFileSync('ip', ['address', 'add', `${OUTSIDE}/32`, 'dev', 'lo']);
		machine = layOutMachine(process.env.UNDERSTORY_CLUSTER_FOLDER!, NAMES, TRUST);
		shelve(machine.root, 'https://example.org/understory.git');
		copyFileSync(await litestreamProgram(), at('usr/local/bin/litestream'));
		authority = makeAuthority(machine.root);
		await machine.boot();
	});
	after(() => machine?.close());

	it('set up and started as the page says, everything runs, and the console answers on a certificate of its own', async () => {
		const [before] = commandsBelow(page('one-machine'), 'Before');
		await run([before, ...commandsBelow(page('one-machine'), 'Settings and secrets')].join('\n'));
		appendFileSync(at('etc/understory/caddy.env'), SIGNS);
		await run(`cd /opt/understory\n${commandsBelow(page('one-machine'), 'Start')[0]}`);
		expect((await serves(CONSOLE, '<title>')).certified).to.equal(`DNS:${CONSOLE}`);
		for (const unit of [...ROLES, ...DOOR]) await becomes(unit, 'active');
		expect(await failed()).to.equal('');
	});

	it('a library is made with the token, and its branches are served at once: in the first home, and in one of its own that Caddy is told of', async () => {
		const token = readFileSync(at('etc/understory/secrets/provisioner/admin-token'), 'utf8').trim();
		const make = async (path: string, body: object) => {
			const made = await ask(CONSOLE, `/api/v1/libraries${path}`, { method: 'POST', token, body });
			expect(made.status, made.text).to.be.oneOf([201, 202]);
		};
		const library = { slug: 'anytown', name: 'Anytown Public Library', region: 'OR' };
		await make('', { ...library, zone: 'America/Los_Angeles' });
		const branch = { address: ADDRESS, phone: null };
		await make('/anytown/branches', { ...branch, slug: 'main', name: 'Main' });
		await make('/anytown/branches', {
			...branch,
			slug: 'reading-room',
			name: 'Reading Room',
			home: 'dedicated',
		});
		await serves(BRANCH, 'Main');
		await serves(OWN, 'Reading Room');
		await serves(SITE, 'Anytown Public Library');
		expect((await ask(CARD, '/.well-known/openid-configuration')).status).to.equal(200);
	});

	it('a name that is nobody’s gets no certificate, and nobody outside asks what Caddy or the roles ask', async () => {
		for (const name of ['console.other.example', `made-up.anytown.${DOMAIN}`])
			expect(await ask(name, '/').catch((error: Error) => error), name).to.be.instanceOf(Error);
		for (const name of [CONSOLE, BRANCH, CARD])
			for (const path of [`/internal/v1/edge/ours?domain=${BRANCH}`, '/internal/v1/registers', '/metrics'])
				expect((await ask(name, path)).status, `${name}${path}`).to.equal(404);
	});

	it('Caddy goes on to hear of branches when many are made one after the other', async () => {
		await run('for n in 1 2 3 4 5 6 7; do systemctl start understory-edge.service; done');
		expect(await run('systemctl show --property=ActiveState understory-edge.path')).to.contain('=active');
		expect(await failed()).to.equal('');
	});

	it('the doctor, asked as the page says, finds it well but for copies that nobody made, and changes nothing', async () => {
		const commands = commandsBelow(page('one-machine'), 'What is wrong')[0]!.trim().split('\n');
		const laidOut = () => run('stat --format %i /opt/understory/node_modules');
		const before = await laidOut();
		const { code, said } = await machine.run(`cd /opt/understory\n${commands.at(-1)} 2> /dev/null`);
		expect(code, said).to.equal(1);
		const found = (JSON.parse(said) as { check: string; where: string }[])
			// There is no network, from which somebody could keep the clock.
			.filter(({ check }) => check !== 'timekeeping')
			.map(({ check, where }) => `${check} ${where}`);
		expect(found).to.have.members(['copies anytown/main', 'copies anytown/reading-room']);
		expect(await laidOut()).to.equal(before);
	});

	it('a provisioner that is killed is started again by systemd, and takes up the homes that went on meanwhile', async () => {
		const home = () => run('cat /var/lib/understory/provisioner/home-starts/home-1/pid');
		const before = await home();
		await run('systemctl kill --kill-whom=main --signal=KILL understory-provisioner');
		expect((await ask(BRANCH, '/')).status).to.equal(200);
		await says('--unit understory-provisioner', 'home_taken_up');
		expect(await home()).to.equal(before);
	});

	it('with Litestream as its page says, branches are copied as they change', async () => {
		await run(`cd /opt/understory\n${commandsBelow(page('continuous-copies'), 'On one machine')[0]}`);
		// Litestream follows what is open.
		await serves(BRANCH, 'Main');
		await serves(OWN, 'Reading Room');
		await until(
			'copies',
			async () => readdirSync(at('srv/understory-copies')),
			(branches) => branches.length === 2,
			90,
		);
	});

	it('an upgrade as the page has it is accepted, and the roles reach the world again', async () => {
		await serves(CONSOLE, '<title>');
		const [lay, begin] = commandsBelow(page('one-machine'), 'Upgrade');
		await run(lay!);
		const said = await run(begin!);
		expect(said).to.contain('opens (branches: 2)').and.to.contain('Upgraded.');
		expect(readlinkSync(at('opt/understory'))).to.equal('/opt/understory-2');
		await serves(BRANCH, 'Main');
		await serves(OWN, 'Reading Room');
		for (const role of ROLES) expect(await reaches(role), role).to.equal(true);
		await becomes('understory-litestream', 'active');
		expect(await failed()).to.equal('');
	});

	it('a version that is not accepted reaches nobody outside; when power is cut meanwhile nothing starts with the machine, nor by hand, until it is taken back', async () => {
		const [lay, begin] = commandsBelow(page('one-machine'), 'Upgrade').map((block) =>
			block.replaceAll('/opt/understory-2', '/opt/understory-3'),
		);
		await run(lay!.split('\n').slice(0, 2).join('\n'));
		const main = at('opt/understory-3/packages/roles/src/main.ts');
		writeFileSync(
			main,
			`if (process.argv[2] === 'sso-bridge') process.exit(1);\n${readFileSync(main, 'utf8')}`,
		);
		let reached: boolean | undefined;
		const cut = await machine.run(begin!, {
			says: 'Waiting until everything is ready',
			call: async () => {
				reached = await reaches('understory-accountability');
				await machine.cutPower();
			},
		});
		expect(cut.code, cut.said).to.equal(null);
		expect(reached).to.equal(false);
		// Time to look at what starts before it does.
		const carriesOn = at('etc/systemd/system/understory-upgrade.service.d');
		mkdirSync(carriesOn);
		const wait = "ExecStartPre=/bin/sh -c 'until [ -e /run/looked-at ]; do sleep 0.1; done'";
		writeFileSync(join(carriesOn, 'wait.conf'), `[Service]\n${wait}\n`);

		await machine.boot();
		await becomes('understory-upgrade', 'activating');
		const kept = [...ROLES, ...DOOR, 'understory-litestream'];
		for (const unit of kept)
			await says(`--boot --unit ${unit}`, 'skipped because .*(undecided|no trigger condition)');
		await machine.run(`systemctl start ${kept.join(' ')}`);
		for (const unit of kept) await becomes(unit, 'inactive');
		await run('touch /run/looked-at');
		await says('--boot --unit understory-upgrade', 'Taken back');
		expect(readlinkSync(at('opt/understory'))).to.equal('/opt/understory-2');
		await serves(BRANCH, 'Main');
		await serves(OWN, 'Reading Room');
		for (const role of ROLES) expect(await reaches(role), role).to.equal(true);
		expect(await failed()).to.equal('');
	});

	it('while it is being left no role starts, and called off they start again', async () => {
		const [leave, callOff] = commandsBelow(page('to-a-cluster'), '1. On the machine');
		await run(`systemctl stop understory-litestream\ncd /opt/understory\n${leave}`);
		await machine.run(`systemctl start ${ROLES.join(' ')}`);
		for (const role of ROLES) await becomes(role, 'inactive');
		await run(`cd /opt/understory\n${callOff}`);
		for (const role of ROLES) await becomes(role, 'active');
	});
});
