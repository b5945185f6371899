import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { until } from '../../../test/e2e/platform/bed.ts';
import { DOMAIN, type MachineBed, startMachine } from './machine-bed.ts';

const ADDRESS = { street: '1 Main St', city: 'Anytown', region: 'OR', postcode: '97214' };

describe('one machine behind Caddy', function () {
	this.timeout(150_000);
	// It is one story.
	this.bail(true);
	let machine: MachineBed;
	const console_ = `console.${DOMAIN}`;
	const branch = `main.anytown.${DOMAIN}`;
	const ask = (hostname: string, path: string, options = {}) => machine.ask(hostname, path, options);
	const make = (path: string, body: object) =>
		ask(console_, `/api/v1${path}`, { method: 'POST', token: machine.adminToken, body });
	const serves = (hostname: string, words: string) =>
		until(
			`"${words}" at ${hostname}`,
			() => ask(hostname, '/').catch((error: Error) => ({ status: 0, text: error.message, certified: '' })),
			(answer) => answer.status === 200 && answer.text.includes(words),
			90,
		);

	before(async function () {
		for (const [name, word] of [
			['Caddy', 'version'],
			['psql', '--version'],
		] as const) {
			if (spawnSync(name.toLowerCase(), [word]).status === 0) continue;
			if (process.env.CI) throw new Error(`${name} is not on this machine; in CI it has to be.`);
			console.warn(`      ${name} is not on this machine: one machine behind Caddy was not tried.`);
			return this.skip();
		}
		machine = await startMachine();
	});
	after(() => machine?.close());

	it('the console answers on a certificate that is made when it is first asked for', async () => {
		const answer = await until(
			'the console',
			() => ask(console_, '/').catch((error: Error) => ({ status: 0, text: error.message, certified: '' })),
			({ status }) => status === 200,
			90,
		);
		expect(answer.certified).to.equal(`DNS:${console_}`);
	});

	it('a name that is nobody’s gets no certificate, nor does a branch that is not served yet', async () => {
		for (const name of [`console.other.example`, `made-up.anytown.${DOMAIN}`, branch]) {
			const refusal = await ask(name, '/').then(
				() => null,
				(error: Error) => error,
			);
			expect(refusal, name).to.be.instanceOf(Error);
		}
	});

	it('a branch is served at its own address as soon as it is provisioned, and its library’s card page and site with it', async () => {
		expect(
			(
				await make('/libraries', {
					slug: 'anytown',
					name: 'Anytown Public Library',
					region: 'OR',
					zone: 'America/Los_Angeles',
				})
			).status,
		).to.equal(201);
		const made = await make('/libraries/anytown/branches', {
			slug: 'main',
			name: 'Main',
			address: ADDRESS,
			phone: null,
		});
		expect(made.status, made.text).to.equal(202);
		expect((await serves(branch, 'Main')).certified).to.equal(`DNS:${branch}`);
		await serves(`accountability.anytown.${DOMAIN}`, 'Anytown Public Library');
		expect((await ask(`card.anytown.${DOMAIN}`, '/.well-known/openid-configuration')).status).to.equal(200);
	});

	it('a branch with a home of its own is reached there, once Caddy has read what the provisioner wrote', async () => {
		const own = `reading-room.anytown.${DOMAIN}`;
		const made = await make('/libraries/anytown/branches', {
			slug: 'reading-room',
			name: 'Reading Room',
			address: ADDRESS,
			phone: null,
			home: 'dedicated',
		});
		expect(made.status, made.text).to.equal(202);
		await until(
			'the line of the branch',
			async () => machine.edgeHomes(),
			(lines) => new RegExp(`^${own} 127\\.0\\.0\\.1:\\d+\n$`).test(lines),
			60,
		);
		await machine.reloadCaddy();
		await serves(own, 'Reading Room');
		await serves(branch, 'Main');
	});

	it('the doctor finds it well, but for copies that nobody made; and says so when a role is gone', async () => {
		// Whether the DNS knows these names and who keeps the clock is not this machine's to say.
		const found = async () =>
			(await machine.doctor())
				.filter(({ check }) => check !== 'names' && check !== 'timekeeping')
				.map(({ check, where }) => `${check} ${where}`);
		const copies = ['copies anytown/main', 'copies anytown/reading-room'];
		expect(await found()).to.have.members(copies);
		await machine.end('sso-bridge', 'SIGTERM');
		expect(await found()).to.have.members(['processes sso-bridge', ...copies]);
		machine.start('sso-bridge');
		await until(
			'the bridge',
			() => ask(`card.anytown.${DOMAIN}`, '/.well-known/openid-configuration'),
			({ status }) => status === 200,
			60,
		);
	});

	it('nobody outside asks what Caddy asks, or what roles tell each other', async () => {
		for (const name of [console_, branch, `card.anytown.${DOMAIN}`])
			for (const path of [`/internal/v1/edge/ours?domain=${branch}`, '/internal/v1/registers', '/metrics'])
				expect((await ask(name, path)).status, `${name}${path}`).to.equal(404);
	});

	it('the branch goes on when the provisioner is killed, and the next provisioner takes its home up again', async () => {
		await machine.end('provisioner', 'SIGKILL');
		expect((await ask(branch, '/')).status).to.equal(200);
		machine.start('provisioner');
		await until(
			'the provisioner',
			() => ask(console_, '/readyz').catch(() => ({ status: 0 })),
			() => machine.said().includes('home_taken_up'),
			60,
		);
		expect((await ask(branch, '/')).status).to.equal(200);
	});

	it('after an upgrade the branches are there under their ids, open their folders and serve, and roles and databases are well', async () => {
		const told = async () => {
			const { text } = await ask(console_, '/api/v1/libraries/anytown/branches', {
				token: machine.adminToken,
			});
			const { items } = JSON.parse(text) as { items: { id: string; slug: string }[] };
			return items.map(({ id, slug }) => [id, slug]);
		};
		const before = await told();
		expect(before).to.have.length(2);
		const said = await machine.upgrade();
		expect(said).to.contain('opens (branches: 2)').and.to.contain('Upgraded.');
		expect(machine.installed()).to.match(/version-2$/);
		await serves(branch, 'Main');
		expect(await told()).to.deep.equal(before);
		const ill = (await machine.doctor()).filter(
			({ check }) => check === 'processes' || check === 'databases',
		);
		expect(ill).to.deep.equal([]);
	});
});
