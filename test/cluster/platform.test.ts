import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import { DOMAIN, until } from '../e2e/platform/bed.ts';
import { platformSteps } from '../e2e/platform/steps.ts';
import { Visitor } from '../e2e/visitor.ts';
import { comeIn, signIn, write } from '../e2e/walk.ts';
import { bedOrSkip } from './bed/skip.ts';
import { IMAGE } from './fixtures/image.ts';
import { LIBRARY, type PagePlatform, ROLES, startPagePlatform } from './fixtures/page-platform.ts';
import { inTwoClusters } from './fixtures/two-clusters.ts';

/** What is killed while an act is under way. */
type Part = 'helm' | 'provisioner' | 'kubelet';

interface Route {
	readonly metadata: { readonly name: string };
	readonly spec: { readonly hostnames: readonly string[] };
}

/** Ten branches: eight share a home, these two have one of their own each, which keeps the node's memory small. */
const DEDICATED = ['kenton', 'bookmobile'];
const SHARING = ['albina', 'alberta', 'gresham', 'hillsdale', 'hollywood', 'midland', 'woodstock'];
const nameOf = (slug: string) => slug[0]!.toUpperCase() + slug.slice(1);
const BOOT = 'Found on Denver Avenue: one red rain boot.';

describe('a platform on a cluster', function () {
	this.timeout(420_000);
	// It is one story.
	this.bail(true);
	let platform: PagePlatform;
	const deck = demoDeck('cluster');
	const good = (role: 'patron' | 'host') =>
		deck.filter((one) => one.role === role && one.state === 'good' && one.kind === 'adult');
	const hostOf = (branch: string) => `${branch}.anytown.${DOMAIN}`;
	const at = (branch: string, path = '') => `https://${hostOf(branch)}${path}`;
	const visitor = () => new Visitor(platform.edge.port);
	const kubectl = (words: string) => platform.kubectl(words);
	let teo: Visitor;
	let wendell: Visitor;
	let boot: string;

	const { api, made, done, openBranch, goLive, open } = platformSteps({
		edgePort: () => platform.edge.port,
		adminToken: () => platform.adminToken(),
		// What a process was at that was killed is gone on with by the next sweep, a minute later.
		seconds: 400,
	});
	const begin = (slug: string, body: object) =>
		made('POST', `/libraries/anytown/branches/${slug}/operations`, body);
	/** Begins what library IT asks for, ends parts of the platform while it is under way, and waits until it is done all the same. */
	const operate = async (slug: string, body: object, ...killed: Part[]) => {
		const begun = await begin(slug, body);
		await kill(...killed);
		await done(begun);
		return begun;
	};
	/** Ends parts of the platform as when their machine loses power; Kubernetes, or whoever runs it, starts them again. */
	const kill = async (...parts: Part[]) => {
		for (const part of parts) {
			if (part === 'helm') await platform.killHelm();
			else if (part === 'provisioner') platform.killInPod('provisioner');
			else {
				await platform.cluster.node.kubelet.kill();
				await platform.cluster.restartKubelet();
			}
		}
	};
	const branch = async (slug: string) => (await api('GET', `/libraries/anytown/branches/${slug}`)).body;
	/** Looks up in which home a branch lives, so that the edge leads there; with the zone where that is in the other cluster. */
	const follow = async (slug: string, zone?: string) => {
		const { home } = await branch(slug);
		platform.lives(hostOf(slug), home.name, zone);
		return home as { kind: string; name: string };
	};
	const ask = (slug: string, more: object = {}) =>
		made('POST', '/libraries/anytown/branches', {
			slug,
			name: nameOf(slug),
			address: { street: '2 Main St', city: 'Anytown', region: 'OR', postcode: '97217' },
			phone: null,
			...more,
		});
	const inHomes = async (kind: string) => {
		const lists = ['understory-homes', LIBRARY].map(async (namespace) =>
			JSON.parse(await kubectl(`get ${kind} --namespace ${namespace} --output json`)),
		);
		return (await Promise.all(lists)).flatMap(({ items }) => items);
	};
	const namesOf = (items: { metadata: { name: string } }[]) =>
		items.map(({ metadata }) => metadata.name).sort();
	const imagesOfHomes = async () =>
		(await inHomes('deployments')).map((one) => one.spec.template.spec.containers[0].image);
	/** The pod that is ready behind a label, by its own name. */
	const podNamed = (namespace: string, selector: string) =>
		kubectl(
			`get pods --namespace ${namespace} --selector ${selector} --output jsonpath='{.items[*].metadata.name}'`,
		);
	/** Step 4 of the page once more, with what is said of homes by now. */
	const sayAgain = () =>
		platform.asOnThePage('4.', (commands) => commands.replace(/(--values \S+)/, '$1 --values bed.json'));
	const upgradeUntil = (id: string, isRight: (state: string, homes: { state: string }[]) => boolean) =>
		until(
			'the upgrade',
			// The provisioner may be gone for a moment.
			() =>
				api('GET', `/upgrades/${id}`).then(
					({ body }) => body,
					() => null,
				),
			(body) => Array.isArray(body?.homes) && isRight(body.state, body.homes),
			200,
		);

	before(async function () {
		platform = await startPagePlatform(await bedOrSkip(this), deck);
	});
	after(async () => {
		await second.close();
		await platform?.close();
	});

	afterEach(async function () {
		if (this.currentTest?.state !== 'failed') return;
		for (const words of [
			'get pods --all-namespaces --output wide',
			'get events --all-namespaces',
			'logs deployment/understory-provisioner --namespace understory --tail 30',
			'logs deployment/home-1 --namespace understory-homes --tail 30',
			`logs --selector app.kubernetes.io/component=home --namespace ${LIBRARY} --tail 30`,
		])
			console.error(await kubectl(words).catch((error: Error) => error.message));
	});

	it('stands after the commands of the page for library IT, each role ready', async () => {
		await platform.asOnThePage('1.');
		await platform.asOnThePage('3.');
		const said = await sayAgain();
		for (const role of ROLES)
			expect(said).to.match(new RegExp(`"?understory-${role}"? successfully rolled out`));
	});

	it('has a library with a branch after them, in a home that the provisioner started with its own rights', async () => {
		const first = (commands: string, at: number) => (at === 0 ? commands : '');
		expect(await platform.asOnThePage('5.', first)).to.include('"anytown"');
		await until(
			'the home',
			() => branch('belmont'),
			({ home }) => Boolean(home?.name),
			120,
		);
		await follow('belmont');
		await open(visitor(), at('belmont', '/'), 'Belmont');
		const rest = (commands: string, at: number) => (at === 0 ? '' : commands);
		expect(await platform.asOnThePage('5.', rest)).to.match(/^home-1-\S+\s+1\/1\s+Running/m);
	});

	it('has ten branches, eight in a home that they share and two in homes of their own, though helm, provisioner and kubelet are killed on the way: each pod ready, each page its own through the Service', async () => {
		const begun = await Promise.all([
			...DEDICATED.map((slug) => ask(slug, { home: 'dedicated' })),
			...SHARING.map((slug) => ask(slug)),
		]);
		await kill('helm', 'provisioner', 'kubelet');
		for (const one of begun) await done(one);
		const homes = await Promise.all([...DEDICATED, ...SHARING].map((slug) => follow(slug)));
		expect(homes.map(({ kind }) => kind)).to.deep.equal([
			...DEDICATED.map(() => 'dedicated'),
			...SHARING.map(() => 'shared'),
		]);
		const pods = await inHomes('pods');
		expect(pods).to.have.length(3);
		for (const { spec, status } of pods) {
			expect(spec.containers[0].image).to.equal(`${IMAGE.repository}:${IMAGE.tag}`);
			expect(status.conditions.find(({ type }: { type: string }) => type === 'Ready').status).to.equal(
				'True',
			);
		}
		for (const slug of ['belmont', ...DEDICATED, ...SHARING])
			await open(visitor(), at(slug, '/'), nameOf(slug));
		// A name that no branch has is told so there.
		platform.lives(hostOf('nowhere'), 'home-1');
		expect((await visitor().open(at('nowhere', '/'))).status).to.be.oneOf([404, 421]);
	});

	it('gives a branch that wants it a home of its own, another pod with another volume, in the namespace of its library', async () => {
		for (const slug of ['belmont', 'kenton']) {
			await openBranch(slug);
			await open(visitor(), at(slug, '/'), nameOf(slug));
		}
		const own = Object.fromEntries(
			await Promise.all(DEDICATED.map(async (slug) => [(await branch(slug)).home.name, [hostOf(slug)]])),
		);
		expect(namesOf(await inHomes('pvc'))).to.deep.equal([...Object.keys(own), 'home-1'].sort());
		expect(
			Object.fromEntries(
				(await inHomes('httproutes')).map(({ metadata, spec }: Route) => [metadata.name, spec.hostnames]),
			),
		).to.deep.equal({ 'home-1': [`*.anytown.${DOMAIN}`], ...own });
	});

	it('lets people in with their library cards', async () => {
		const { host, port } = platform.catalogue;
		await goLive({ kind: 'sip2', host, port, plain_text: true }, good('host').at(-1)!);
		[teo, wendell] = [visitor(), visitor()];
		// What library IT said travels to the bridge, and is there a moment later.
		const early = visitor();
		await until(
			'a card that is taken',
			() => signIn(early, at('belmont'), good('host')[0]!),
			({ text }) => !text.includes('Sign-in is not open yet'),
			60,
		);
		await comeIn(teo, at('belmont'), good('patron')[0]!, 'Teo');
		await comeIn(wendell, at('kenton'), good('patron')[1]!, 'Wendell');
	});

	it('carries a post for the neighborhood from the pod of one branch to that of the other, and a follow back', async () => {
		const [here, there] = await Promise.all(
			['belmont', 'kenton'].map((slug) => platform.podOf(hostOf(slug))),
		);
		expect(here).to.not.equal(there);
		boot = (await write(teo, at('belmont'), BOOT, 'neighborhood')).url;
		expect(new URL(boot).pathname).to.match(/^\/@teo\/\d+$/);
		await open(wendell, at('kenton', '/board/neighborhood'), 'one red rain boot');
		const found = await teo.open(at('belmont', `/find?address=@wendell@${hostOf('kenton')}`));
		await teo.send(found, '/follows');
		await until(
			'the follow',
			() => teo.open(found.url),
			({ html }) => html.includes('/follows/end'),
			60,
		);
	});

	it('stops an upgrade at the first home that does not come up, which goes on serving what it was', async () => {
		const [good, poisoned] = ['test', 'poisoned'].map((tag) => `${IMAGE.repository}:${tag}`);
		await platform.cluster.tagImage(good!, poisoned!);
		platform.say({ image: { ...IMAGE, tag: 'poisoned' } });
		await sayAgain();
		// The platform runs, and no home can be given what it is to run.
		await platform.cluster.forgetImage(poisoned!);
		const shared = await podNamed('understory-homes', 'app.kubernetes.io/instance=home-1');
		const { id } = await made('POST', '/upgrades', { soak_minutes: 0, hours: null });
		const ended = await upgradeUntil(id, (state) => state !== 'running');
		expect(ended).to.include({ state: 'stopped' });
		expect(ended.message).to.match(
			/^The home branch-\S+ did not come up and is as it was before\. The image is not on the node/,
		);
		expect(ended.homes.map(({ state }: { state: string }) => state)).to.deep.equal([
			'rolled_back',
			'waiting',
			'waiting',
		]);
		expect([...new Set(await imagesOfHomes())]).to.deep.equal([`${IMAGE.repository}:${IMAGE.tag}`]);
		for (const slug of ['belmont', ...DEDICATED]) await open(visitor(), at(slug, '/'), nameOf(slug));
		expect(await podNamed('understory-homes', 'app.kubernetes.io/instance=home-1')).to.equal(shared);
	});

	it('says at a branch why its home does not come up, refuses a name that is taken, and starts the home when the setting is mended', async () => {
		const asked = {
			slug: 'lents',
			name: 'Lents',
			address: { street: '3 Main St', city: 'Anytown', region: 'OR', postcode: '97266' },
			phone: null,
			home: 'dedicated',
		};
		const begun = await made('POST', '/libraries/anytown/branches', asked);
		const taken = await api('POST', '/libraries/anytown/branches', asked);
		expect([taken.status, taken.body.code]).to.deep.equal([409, 'slug_taken']);
		interface Condition {
			readonly type: string;
			readonly status: string;
			readonly reason: string;
			readonly message: string;
		}
		const conditions: Condition[] = await until(
			'why it does not come up',
			async () => (await branch('lents')).conditions,
			(all: Condition[]) => all.some(({ message }) => message.startsWith('The image is not on the node')),
			120,
		);
		expect(conditions.find(({ type }) => type === 'Available')).to.include({
			status: 'False',
			reason: 'NotYet',
		});
		platform.say({ ofHomes: { logLevel: 'debug' } });
		await sayAgain();
		await done(begun);
		await follow('lents');
		await open(visitor(), at('lents', '/'), 'Lents');
	});

	it('brings all homes to another version in waves, though provisioner, kubelet and helm are killed on the way', async () => {
		const { id } = await made('POST', '/upgrades', { soak_minutes: 0, hours: null });
		await upgradeUntil(id, (_, homes) => homes.some(({ state }) => state === 'upgrading'));
		await kill('provisioner');
		await upgradeUntil(id, (_, homes) => homes.some(({ state }) => state === 'done'));
		await kill('kubelet', 'helm');
		const ended = await upgradeUntil(id, (state) => state !== 'running');
		expect(ended, JSON.stringify(ended)).to.include({ state: 'done', message: null });
		const levels = (await inHomes('deployments')).map(({ spec }) =>
			spec.template.spec.containers[0].env.find(
				({ name }: { name: string }) => name === 'UNDERSTORY_LOG_LEVEL',
			),
		);
		expect(levels.map(({ value }) => value)).to.deep.equal(['debug', 'debug', 'debug', 'debug']);
		await open(teo, at('belmont', '/home'), 'one red rain boot');
	});

	it('goes on serving without its provisioner, which changes back what somebody changed by hand when it comes', async () => {
		const { home } = await branch('bookmobile');
		await kubectl('scale deployment understory-provisioner --namespace understory --replicas=0');
		await write(wendell, at('kenton'), 'Nobody provisions, and we read on.', 'neighborhood');
		await open(teo, at('belmont', '/board/neighborhood'), 'we read on');
		await kubectl(`delete service,poddisruptionbudget ${home.name} --namespace ${LIBRARY}`);
		await kubectl(`set image deployment/${home.name} home=localhost/pause:1 --namespace ${LIBRARY}`);
		await kubectl('scale deployment home-1 --namespace understory-homes --replicas=0');
		await kubectl('scale deployment understory-provisioner --namespace understory --replicas=1');
		await kubectl('rollout status deployment understory-provisioner --namespace understory --timeout 2m');
		for (const slug of ['bookmobile', 'belmont']) {
			await open(visitor(), at(slug, '/'), nameOf(slug));
			await until(
				`the conditions of ${slug}`,
				async () => (await branch(slug)).conditions,
				(conditions: { type: string; status: string }[]) =>
					conditions.some(({ type, status }) => type === 'Synced' && status === 'True'),
				120,
			);
		}
		expect(namesOf(await inHomes('poddisruptionbudgets'))).to.include(home.name);
		expect(await imagesOfHomes()).to.not.include('localhost/pause:1');
		expect((await branch('kenton')).stage).to.not.equal('unopened');
	});

	it('loses nothing when the pods of bridge and home are taken away: they come back on their volumes', async () => {
		const before = await podNamed('understory', 'app.kubernetes.io/component=sso-bridge');
		await kubectl('delete pod --namespace understory --selector app.kubernetes.io/component=sso-bridge');
		await kubectl('delete pod --namespace understory-homes --selector app.kubernetes.io/instance=home-1');
		await kubectl('rollout status deployment understory-sso-bridge --namespace understory --timeout 2m');
		await kubectl('rollout status deployment home-1 --namespace understory-homes --timeout 2m');
		expect(await podNamed('understory', 'app.kubernetes.io/component=sso-bridge')).to.not.equal(before);
		await open(teo, at('belmont', '/home'), 'one red rain boot');
		const marguerite = visitor();
		await open(marguerite, at('belmont', '/signin'), 'Sign in with your library card');
		await comeIn(marguerite, at('belmont'), good('patron')[2]!, 'Dov');
	});

	it('brings a branch whose folder was destroyed back from its copy, with the same ids and the same follows', async () => {
		const { id } = await branch('belmont');
		const backup = await operate('belmont', { kind: 'back_up' }, 'provisioner');
		const folder = join(await platform.volumeOf('home-1'), 'branches', id);
		expect(readdirSync(folder)).to.include('branch.sqlite');
		platform.killInPod('home', 'home-1');
		for (const file of ['branch.json', 'branch.sqlite'])
			writeFileSync(join(folder, file), 'nothing of a branch');
		await until(
			'the damage',
			() => visitor().open(at('belmont', '/')),
			({ status }) => status === 503,
			60,
		);
		await operate('belmont', { kind: 'restore', backup: backup.id }, 'provisioner', 'kubelet');
		await open(visitor(), at('belmont', '/'), 'Belmont');
		// Everybody signs in anew, and is who they were.
		const again = async () => {
			teo = visitor();
			return signIn(teo, at('belmont'), good('patron')[0]!);
		};
		await until('the sign-in', again, ({ url }) => url.endsWith('/home'), 60);
		await open(teo, boot, 'one red rain boot');
		const profile = await teo.open(at('belmont', `/find?address=@wendell@${hostOf('kenton')}`));
		expect(profile.html).to.include('/follows/end');
	});

	it('moves branches between homes of their own and shared ones, with who is signed in and what they have', async () => {
		const left = (await branch('kenton')).home.name;
		const moves = [
			await begin('kenton', { kind: 'move', home: 'shared' }),
			await begin('belmont', { kind: 'move', home: 'dedicated' }),
		];
		await kill('helm', 'provisioner', 'kubelet');
		for (const one of moves) await done(one);
		expect((await follow('kenton')).name).to.equal('home-1');
		const own = await follow('belmont');
		expect(own.kind).to.equal('dedicated');
		await open(wendell, at('kenton', '/board/neighborhood'), 'one red rain boot');
		await open(teo, boot, 'one red rain boot');
		const [route] = (await inHomes('httproutes')).filter(({ metadata }: Route) => metadata.name === own.name);
		expect(route.spec.hostnames).to.deep.equal([hostOf('belmont')]);
		// The home that nobody lives in any more is stopped, and its volume stays.
		await until(
			'the end of the empty home',
			() => inHomes('deployments'),
			(all) => !namesOf(all).includes(left),
			120,
		);
		expect(namesOf(await inHomes('pvc'))).to.include(left);
	});

	const second = inTwoClusters({
		...{ platform: () => platform, branch, follow, at, hostOf, begin, api, made, done, open, inHomes },
		people: () => ({ teo, wendell, boot }),
	});

	it('ends a branch for good: its posts answer that they are gone', async () => {
		await operate('belmont', { kind: 'close' });
		await operate('belmont', { kind: 'back_up' });
		await operate('belmont', { kind: 'retire', confirm: 'belmont' }, 'provisioner');
		await until(
			'the end',
			() => visitor().open(boot),
			({ status }) => status === 410,
			60,
		);
	});

	it('leaves homes serving, and every volume, when its release is uninstalled', async () => {
		const claims = await kubectl('get pvc --all-namespaces --output name');
		await platform.helm('uninstall understory --namespace understory --wait');
		const podsOfRoles = () => kubectl('get pods --namespace understory --output name');
		await until('the end of the roles', podsOfRoles, (pods) => pods === '', 120);
		expect(await kubectl('get pvc --all-namespaces --output name')).to.equal(claims);
		await open(visitor(), at('kenton', '/'), 'Kenton');
	});
});
