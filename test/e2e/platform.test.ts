import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHomeKeys } from '@understory/core/home-keys.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { type Ils, startIls } from '@understory/sip2/server.ts';
import { expect } from 'chai';
import { askedBy, expressions } from '../../infra/monitoring/test/expressions.ts';
import { call } from './api.ts';
import { DOMAIN, layBed, type PlatformBed, type Started, until } from './platform/bed.ts';
import { carriedElsewhere } from './platform/carried-elsewhere.ts';
import { type OwnDatabases, startInstalled } from './platform/own-databases.ts';
import { readiness } from './platform/role-process.ts';
import { platformSteps } from './platform/steps.ts';
import { Visitor } from './visitor.ts';
import { comeIn, signIn, write } from './walk.ts';

const LIBRARY = {
	slug: 'anytown',
	name: 'Anytown Public Library',
	region: 'OR',
	zone: 'America/Los_Angeles',
};
const ADDRESS = { street: '1 Main St', city: 'Anytown', region: 'OR', postcode: '97214' };
const FACTS = 'The post offers seeds for money and nobody had asked.';

describe('a platform of processes behind a proxy', function () {
	this.timeout(120_000);
	// It is one story.
	this.bail(true);
	let bed: PlatformBed;
	let ils: Ils;
	const deck = demoDeck('platform');
	const good = (role: 'patron' | 'host') =>
		deck.filter((one) => one.role === role && one.state === 'good' && one.kind === 'adult');
	const at = (slug: string, path = '') => `https://${slug}.${LIBRARY.slug}.${DOMAIN}${path}`;
	const visitor = () => new Visitor(bed.edgePort);
	let june: Visitor;
	let teo: Visitor;
	let wendell: Visitor;

	const { api, made, done, openBranch, goLive, open } = platformSteps({
		edgePort: () => bed.edgePort,
		adminToken: () => bed.adminToken,
		seconds: 45,
	});
	const isReady = (kind: Started, status = 200) =>
		until(
			`${kind} with readiness ${status}`,
			() => bed.roles.get(kind)!.ready(),
			(seen) => seen?.status === status,
		);
	const homeIsReady = () =>
		until(
			'a home that is ready',
			() => readiness(bed.homePort),
			(seen) => seen?.status === 200,
		);
	async function hide(post: string): Promise<string> {
		// That she is a host travels with the register, and may be here a moment after she is.
		const page = await until(
			'the page on which a host decides',
			() => june.open(at('belmont', `/staff/posts/${post.split('/').at(-1)}/decide`)),
			(seen) => seen.html.includes('name="rule"'),
		);
		const rule = /name="rule" value="([^"]*no-advertising[^"]*)"/.exec(page.html)![1]!;
		const preview = await june.send(page, '/decide', { rule, facts: FACTS, do: 'preview' });
		await june.send(preview, '/decide', { rule, facts: FACTS, do: 'decide' });
		const notices = await teo.open(at('belmont', '/notices'));
		const link = /href="(\/notices\/[^"]+)"/.exec(notices.html)![1]!;
		const notice = await teo.open(at('belmont', link));
		return /href="([^"]*\/statements\/[^"]+)"/.exec(notice.html)![1]!;
	}
	async function post(text: string, scope: string): Promise<string> {
		const page = await write(teo, at('belmont'), text, scope);
		expect(page.text).to.contain(text);
		return at('belmont', /href="(\/@teo[^"/]*\/\d+)"/.exec(page.html)![1]!);
	}

	let databases: OwnDatabases | null = null;

	const carried = carriedElsewhere({
		bed: () => bed,
		databases: () => databases,
		async goOnAt(elsewhere) {
			bed = elsewhere;
			for (const kind of ['provisioner', 'sso-bridge', 'accountability'] as const) await isReady(kind);
			await homeIsReady();
			await open(visitor(), at('kenton', '/'), 'June Aldaba');
			[june, teo, wendell] = [visitor(), visitor(), visitor()];
			for (const [who, branch, card] of [
				[june, 'belmont', good('host')[0]!],
				[teo, 'belmont', good('patron')[0]!],
				[wendell, 'kenton', good('patron')[1]!],
			] as const) {
				const home = await signIn(who, at(branch), card);
				expect(home.url, home.text.slice(0, 300)).to.equal(at(branch, '/home'));
			}
		},
		post: (text, scope) => post(text, scope),
		hide: (post) => hide(post),
		read: async (url, words) => (await open(visitor(), url, words)).html,
	});

	before(async () => {
		ils = await startIls({ deck });
		databases = await startInstalled();
		bed = await layBed(databases ? { database: databases.database } : {});
	});
	after(async () => {
		await carried.clear();
		await bed?.close();
		await databases?.close();
		await ils?.close();
	});

	it('roles start in any order: they live at once, and say what they wait for until it is there', async () => {
		for (const kind of ['sso-bridge', 'accountability'] as const) bed.start(kind);
		for (const kind of ['sso-bridge', 'accountability'] as const) {
			await until(
				`${kind} that waits for the provisioner`,
				() => bed.roles.get(kind)!.ready(),
				(seen) => seen?.status === 503 && seen.text === 'It waits for: registers.',
			);
			const { port } = bed.roles.get(kind)!;
			expect((await call(port, 'GET', '/healthz', { host: '10.1.2.3:8080' })).status).to.equal(200);
		}
		bed.start('provisioner');
		for (const kind of ['provisioner', 'sso-bridge', 'accountability'] as const) await isReady(kind);
	});

	it('a library with two branches is provisioned over the API, in a home that the provisioner starts', async () => {
		await made('POST', '/libraries', LIBRARY);
		for (const [slug, name] of [
			['belmont', 'Belmont'],
			['kenton', 'Kenton'],
		]) {
			await done(
				await made('POST', '/libraries/anytown/branches', { slug, name, address: ADDRESS, phone: null }),
			);
			await openBranch(slug!);
		}
		await homeIsReady();
		const page = await open(visitor(), at('belmont', '/'), 'June Aldaba');
		expect(page.url).to.equal(at('belmont', '/'));
	});

	it('the home gives its keys into keeping, and the recovery key that the provisioner handed on by its public half opens them', async () => {
		const { body } = await until(
			'kept keys',
			() => api('POST', '/homes/home-1/keys:fetch'),
			({ status }) => status === 200,
		);
		const { home_key, role_key } = openHomeKeys(bed.recovery, { ...body.deposits[0], name: 'home-1' });
		const lies = (name: string) =>
			readFileSync(join(bed.folder, 'provisioner', 'homes', 'home-1', name), 'utf8');
		expect([home_key, role_key]).to.deep.equal([lies('home.key'), lies('role.key')]);
	});

	it('library IT says over the API how cards are checked, and people sign in with theirs', async () => {
		await goLive({ kind: 'sip2', host: '127.0.0.1', port: ils.port }, good('host').at(-1)!);
		const invited = await made('POST', '/libraries/anytown/branches/belmont/invitations', {
			role: 'host',
			name: 'June Aldaba',
		});
		expect(invited.url).to.match(/^https:\/\/card\.anytown\.platform\.example\//);
		june = visitor();
		const [host] = good('host');
		const welcome = await until(
			'a card that is taken',
			async () =>
				june.send(await june.open(invited.url), '/invitation/', { card: host!.card, pin: host!.pin }),
			(page) => page.text.includes('your role is now: Host'),
		);
		expect(welcome.status).to.equal(200);
		await comeIn(june, at('belmont'), host!, 'June');
		[teo, wendell] = [visitor(), visitor()];
		await comeIn(teo, at('belmont'), good('patron')[0]!, 'Teo');
		await comeIn(wendell, at('kenton'), good('patron')[1]!, 'Wendell');
	});

	it('every cookie is Secure and of its host alone, though the processes themselves speak plain HTTP', () => {
		const lines = [`belmont.anytown.${DOMAIN}`, `card.anytown.${DOMAIN}`].flatMap((host) =>
			teo.cookieLines(host),
		);
		const kept = lines.filter((line) => !/^lang=/.test(line));
		expect(kept).to.not.have.length(0);
		for (const line of kept) {
			expect(line).to.match(/;\s*secure/i);
			expect(line).to.not.match(/;\s*domain=/i);
		}
	});

	it('a post for the neighborhood crosses to the other branch, and a decision stands in the public log', async () => {
		await post('Found on Denver Avenue: one red rain boot.', 'neighborhood');
		await open(wendell, at('kenton', '/board/neighborhood'), 'one red rain boot');
		const statement = await hide(await post('The fall seed swap is this Saturday.', 'public'));
		expect(statement).to.match(/^https:\/\/accountability\.anytown\.platform\.example\/statements\//);
		await open(visitor(), statement, 'no-advertising');
	});

	it('what roles tell each other, probes and metrics are not for whoever comes through the proxy', async () => {
		const through = (host: string, path: string) => call(bed.edgePort, 'GET', path, { host });
		expect((await through(`console.${DOMAIN}`, '/internal/v1/registers')).status).to.equal(404);
		for (const host of ['127.0.0.1', 'localhost', `127.0.0.1:${bed.homePort}`]) {
			for (const path of ['/internal/v1/branches', '/metrics', '/internal/v1/home']) {
				expect((await through(host, path)).status, `${host}${path}`).to.be.oneOf([400, 404, 421]);
			}
		}
		for (const host of [`console.${DOMAIN}`, `card.anytown.${DOMAIN}`, `accountability.anytown.${DOMAIN}`])
			expect((await through(host, '/metrics')).status, host).to.equal(404);
	});

	/** What the home and each role that runs tell to whoever asks inside, by their names. */
	async function numbers(): Promise<Map<string, string>> {
		const texts = new Map<string, string>();
		const ports = [...bed.roles].map(([kind, { port }]) => [kind, port] as const);
		for (const [kind, port] of [['home', bed.homePort] as const, ...ports]) {
			const { body } = await call(port, 'GET', '/metrics', { host: `127.0.0.1:${port}` });
			texts.set(kind, String(body));
		}
		return texts;
	}

	it('each role tells its numbers inside, and in them is nobody: the bridge none but of its process, its disk and what it waits for', async () => {
		const texts = await numbers();
		const own = (kind: string) =>
			[...texts.get(kind)!.matchAll(/^# TYPE (understory_\w+)/gm)].map(([, name]) => name);
		const ofAll = ['understory_data_free_bytes', 'understory_data_size_bytes', 'understory_waits_for'];
		expect(own('sso-bridge')).to.have.members(ofAll);
		for (const kind of ['home', 'provisioner', 'accountability']) expect(own(kind)).to.include.members(ofAll);
		expect(texts.get('home')).to.match(/^understory_open_branches\{role="home"\} 2$/m);
		for (const text of texts.values()) expect(text).to.not.match(/anytown|belmont|kenton|june|teo|wendell/i);
	});

	it('every number that an alert or a dashboard asks for is told, with the labels that it asks for', async () => {
		const lines = [...(await numbers()).values()].join('\n').split('\n');
		const told = new Set(lines.map((line) => /^# TYPE (\w+)/.exec(line)?.[1]));
		for (const { of, expr } of expressions()) {
			for (const { metric, labels } of askedBy(expr)) {
				// cert-manager's own; those are its to keep.
				if (metric.startsWith('certmanager_')) continue;
				expect(told.has(metric), `${of}: ${metric}`).to.equal(true);
				const series = lines.find((line) => line.startsWith(`${metric}{`)) ?? '';
				// Where a pod runs is added by Prometheus.
				for (const { label } of labels.filter((one) => one.label !== 'namespace'))
					expect(series, `${of}: ${metric}`).to.contain(`${label}="`);
			}
		}
	});

	it('the bridge is killed: who is in stays in, it comes up again without its token, and knows its people', async () => {
		await bed.roles.get('sso-bridge')!.end('SIGKILL');
		expect(await bed.roles.get('sso-bridge')!.ready()).to.equal(null);
		await post('The bridge is away, and I am still here.', 'branch');
		bed.start('sso-bridge', { again: true });
		await isReady('sso-bridge');
		const again = visitor();
		const home = await signIn(again, at('belmont'), good('patron')[0]!);
		expect(home.url, home.text.slice(0, 300)).to.equal(at('belmont', '/home'));
		expect(home.text).to.contain('The bridge is away, and I am still here.');
	});

	it('the accountability site is killed: what is decided meanwhile waits at the branch, and is published afterwards', async () => {
		await bed.roles.get('accountability')!.end('SIGKILL');
		const statement = await hide(await post('Buy my seeds, they are the best.', 'public'));
		expect((await visitor().open(statement)).status).to.equal(502);
		bed.start('accountability', { again: true });
		await isReady('accountability');
		await open(visitor(), statement, 'no-advertising');
	});

	it('the provisioner is killed: everything else is ready and serves; started again, it takes up the home that runs', async () => {
		const pid = bed.homePid();
		await bed.roles.get('provisioner')!.end('SIGKILL');
		for (const kind of ['sso-bridge', 'accountability'] as const) await isReady(kind);
		await homeIsReady();
		await post('Nobody provisions, and the neighborhood reads on.', 'neighborhood');
		await open(wendell, at('kenton', '/board/neighborhood'), 'the neighborhood reads on');
		bed.start('provisioner', { again: true });
		await isReady('provisioner');
		await done(
			await made('POST', '/libraries/anytown/branches', {
				slug: 'hollywood',
				name: 'Hollywood',
				address: ADDRESS,
				phone: null,
			}),
		);
		await open(visitor(), at('hollywood', '/'), 'Hollywood is not open yet');
		expect(bed.homePid()).to.equal(pid);
	});

	it('the home is killed: the provisioner starts it again, and every post that was acknowledged is there', async () => {
		const pid = bed.homePid();
		await post('Said a moment before the lights went out.', 'neighborhood');
		process.kill(pid, 'SIGKILL');
		await until(
			'another home',
			async () => bed.homePid(),
			(now) => now !== pid,
		);
		await homeIsReady();
		await open(teo, at('belmont', '/home'), 'Said a moment before the lights went out.');
		await open(wendell, at('kenton', '/board/neighborhood'), 'Said a moment before the lights went out.');
	});

	carried.whileItRuns();

	it('asked to stop, each ends by itself with nothing left behind, and nothing of a card stands in what they wrote', async () => {
		const pid = bed.homePid();
		for (const kind of ['sso-bridge', 'accountability', 'provisioner'] as const) {
			expect(await bed.roles.get(kind)!.end('SIGTERM'), kind).to.equal(0);
		}
		expect(() => process.kill(pid, 0)).to.throw('ESRCH');
		const said = bed.said();
		for (const line of said.split('\n').filter(Boolean)) expect(() => JSON.parse(line), line).to.not.throw();
		for (const { card } of deck) expect(said).to.not.contain(card);
	});

	carried.onceItStopped();
});
