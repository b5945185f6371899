import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import { call } from '../e2e/api.ts';
import { DOMAIN, until } from '../e2e/platform/bed.ts';
import { platformSteps } from '../e2e/platform/steps.ts';
import { Visitor } from '../e2e/visitor.ts';
import { comeIn, signIn, write } from '../e2e/walk.ts';
import { ADDRESS } from './bed/node.ts';
import { bedOrSkip } from './bed/skip.ts';
import { understory } from './fixtures/command.ts';
import { answerAsMetadata, doorsThatOpen, METADATA } from './fixtures/doors.ts';
import { IMAGE } from './fixtures/image.ts';
import { type Act, createKiller, KILLED_AT } from './fixtures/killed-parts.ts';
import { makeRecoveryKey, pageOfDisasters } from './fixtures/lost-home.ts';
import { LIBRARY, type PagePlatform, ROLES, startPagePlatform } from './fixtures/page-platform.ts';
import { pictureIn, writePicture } from './fixtures/picture.ts';
import { writeStandIn } from './fixtures/stand-in.ts';
import { inTwoClusters } from './fixtures/two-clusters.ts';
import { inTables } from './simulated/branches.ts';

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
	const begin = async (slug: string, body: object) => {
		const ask = () => api('POST', `/libraries/anytown/branches/${slug}/operations`, body);
		// A provisioner that was killed may be gone for a moment yet: then nobody was reached, and it is asked again.
		const answer = await until('an answer of the provisioner', ask, ({ status }) => status !== 502, 120);
		expect(answer.status, JSON.stringify(answer.body)).to.be.oneOf([200, 201, 202]);
		return answer.body;
	};
	const { killAt, killed } = createKiller(() => platform);
	/** Begins what library IT asks for, ends parts of the platform while it is under way, and waits until it is done all the same. */
	const operate = async (slug: string, body: object, act?: Act) => {
		const begun = await begin(slug, body);
		if (act) await killAt(act);
		await done(begun);
		return begun;
	};
	const branch = async (slug: string) => (await api('GET', `/libraries/anytown/branches/${slug}`)).body;
	/** Whoever changes a branch has it looked at, before the next sweep. */
	let looks = 100;
	const lookAt = (slug: string) =>
		made('PATCH', `/libraries/anytown/branches/${slug}`, { phone: `+1 503 555 0${++looks}` });
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
	/** The keys that other servers know a branch by, with whose they are. */
	const keysOf = async (slug: string) => {
		const headers = { accept: 'application/activity+json' };
		const { status, body } = await call(platform.edge.port, 'GET', '/ap/actor', {
			host: hostOf(slug),
			headers,
		});
		expect(status).to.equal(200);
		expect(body.publicKey.publicKeyPem).to.include('BEGIN PUBLIC KEY');
		return { id: body.id, publicKey: body.publicKey };
	};
	/** The pod that is ready behind a label, by its own name. */
	const podNamed = (namespace: string, selector: string) =>
		kubectl(
			`get pods --namespace ${namespace} --selector ${selector} --output jsonpath='{.items[*].metadata.name}'`,
		);
	/** Step 4 of the page once more, with what is said of homes by now. */
	const sayAgain = () =>
		platform.asOnThePage('4.', (commands) => commands.replace(/(--values \S+)/, '$1 --values bed.json'));
	const upgradeUntil = (
		id: string,
		isRight: (state: string, homes: { state: string }[], message: string | null) => boolean,
	) =>
		until(
			'the upgrade',
			// The provisioner may be gone for a moment.
			() =>
				api('GET', `/upgrades/${id}`).then(
					({ body }) => body,
					() => null,
				),
			(body) => Array.isArray(body?.homes) && isRight(body.state, body.homes, body.message),
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
		await killAt('create');
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

	it('gives a branch that wants it a home of its own, another pod with other volumes, in the namespace of its library', async () => {
		for (const slug of ['belmont', 'kenton']) {
			await openBranch(slug);
			await open(visitor(), at(slug, '/'), nameOf(slug));
		}
		const own = Object.fromEntries(
			await Promise.all(DEDICATED.map(async (slug) => [(await branch(slug)).home.name, [hostOf(slug)]])),
		);
		const claims = [...Object.keys(own), 'home-1'].flatMap((name) => [name, `${name}-copies`]);
		expect(namesOf(await inHomes('pvc'))).to.deep.equal(claims.sort());
		expect(
			Object.fromEntries(
				(await inHomes('httproutes')).map(({ metadata, spec }: Route) => [metadata.name, spec.hostnames]),
			),
		).to.deep.equal({ [`anytown.${DOMAIN}`]: [`*.anytown.${DOMAIN}`], ...own });
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

	it('lets nobody from a home to what it does not need, and nobody to a home whom it does not know', async () => {
		const metadata = await answerAsMetadata();
		const { catalogue, database, edge } = platform;
		const doorOf = async (host: string) => `${await platform.podOf(host)}:8080`;
		const doors = {
			provisioner: await doorOf(`console.${DOMAIN}`),
			bridge: await doorOf(`card.anytown.${DOMAIN}`),
			gateway: `${ADDRESS}:${edge.tlsPort}`,
			ofAnother: await doorOf(hostOf('kenton')),
			catalogue: `${catalogue.host}:${catalogue.port}`,
			database: `${database.host}:${database.port}`,
			apiServer: `${ADDRESS}:6443`,
			metadata: METADATA,
		};
		const open = (namespace: string, target: string) =>
			doorsThatOpen(kubectl, { namespace, target }, Object.values(doors));
		const image = `${IMAGE.repository}:${IMAGE.tag}`;
		await kubectl(
			`run stranger --image ${image} --image-pull-policy ${IMAGE.pullPolicy} --command -- node --eval 'setTimeout(() => {}, 1e6)'`,
		);
		await kubectl('wait --for condition=Ready pod/stranger --timeout 60s');
		try {
			const { provisioner, bridge, gateway } = doors;
			expect(await open('understory-homes', 'deployment/home-1')).to.have.members([
				provisioner,
				bridge,
				gateway,
			]);
			// All of them are there, and open to whom no policy closes in: but not those of ours.
			const { catalogue: sip2, database: tables, apiServer } = doors;
			expect(await open('default', 'stranger')).to.have.members([gateway, sip2, tables, apiServer, METADATA]);
		} finally {
			await kubectl('delete pod stranger --now');
			await metadata.close();
		}
	});

	it('stops an upgrade at the first home whose program ends as soon as it is started, which goes back though helm and kubelet are killed on the way, and serves what it was', async () => {
		const [good, poisoned, kept] = ['test', 'poisoned', 'kept'].map((tag) => `${IMAGE.repository}:${tag}`);
		await platform.cluster.tagImage(good!, poisoned!);
		await platform.cluster.tagImage(good!, kept!);
		// The least time that a pod may be given.
		platform.say({ image: { ...IMAGE, tag: 'poisoned' }, ofHomes: { progressDeadlineSeconds: 30 } });
		await sayAgain();
		// The platform runs of it, and what homes are given by that name from now on ends.
		await platform.cluster.forgetImage(poisoned!);
		await platform.cluster.importImage(writeStandIn(platform.folder, poisoned!, 'process.exit(7);'));
		const shared = await podNamed('understory-homes', 'app.kubernetes.io/instance=home-1');
		const { id } = await made('POST', '/upgrades', { soak_minutes: 0, hours: null });
		await upgradeUntil(id, (_state, _homes, message) => message !== null);
		await killAt('roll back');
		const ended = await upgradeUntil(id, (state) => state !== 'running');
		expect(ended).to.include({ state: 'stopped' });
		expect(ended.message).to.match(
			/^The home branch-\S+ did not come up and is as it was before\. The home /,
		);
		expect(ended.homes.map(({ state }: { state: string }) => state)).to.deep.equal([
			'rolled_back',
			'waiting',
			'waiting',
		]);
		expect([...new Set(await imagesOfHomes())]).to.deep.equal([good]);
		for (const slug of ['belmont', ...DEDICATED]) await open(visitor(), at(slug, '/'), nameOf(slug));
		expect(await podNamed('understory-homes', 'app.kubernetes.io/instance=home-1')).to.equal(shared);
	});

	it('gives that version to nobody afterwards: a home that gets stuck and one that is new wait for the version that others run well with, and say why', async () => {
		const [good, kept] = ['test', 'kept'].map((tag) => `${IMAGE.repository}:${tag}`);
		await platform.cluster.forgetImage(good!);
		const { home } = await branch('bookmobile');
		await kubectl(`delete pod --namespace ${LIBRARY} --selector app.kubernetes.io/instance=${home.name}`);
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
		await lookAt('bookmobile');
		interface Condition {
			readonly type: string;
			readonly status: string;
			readonly reason: string;
			readonly message: string;
		}
		for (const slug of ['lents', 'bookmobile']) {
			const conditions: Condition[] = await until(
				`why ${slug} does not come up`,
				async () => (await branch(slug)).conditions,
				(all: Condition[]) => all.some(({ message }) => message.startsWith('The image is not on the node')),
				120,
			);
			expect(conditions.find(({ type }) => type === 'Available')?.status, slug).to.equal('False');
		}
		expect([...new Set(await imagesOfHomes())]).to.deep.equal([good]);
		await platform.cluster.tagImage(kept!, good!);
		await lookAt('lents');
		await lookAt('bookmobile');
		await done(begun);
		await follow('lents');
		for (const slug of ['lents', 'bookmobile']) await open(visitor(), at(slug, '/'), nameOf(slug));
		expect([...new Set(await imagesOfHomes())]).to.deep.equal([good]);
	});

	it('brings all homes to another version in waves, though provisioner, kubelet and helm are killed on the way', async () => {
		const recovery = { publicKey: await makeRecoveryKey(platform) };
		platform.say({ ofHomes: { logLevel: 'debug', recovery } });
		await sayAgain();
		const { id } = await made('POST', '/upgrades', { soak_minutes: 0, hours: null });
		await upgradeUntil(id, (_, homes) => homes.some(({ state }) => state === 'upgrading'));
		await killAt('upgrade', 'provisioner');
		await upgradeUntil(id, (_, homes) => homes.some(({ state }) => state === 'done'));
		await killAt('upgrade', 'kubelet', 'helm');
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

	it('goes on serving without its provisioner, which changes back what somebody changed by hand when it comes, though it and the kubelet are killed meanwhile', async () => {
		const { home } = await branch('bookmobile');
		await kubectl('scale deployment understory-provisioner --namespace understory --replicas=0');
		await write(wendell, at('kenton'), 'Nobody provisions, and we read on.', 'neighborhood');
		await open(teo, at('belmont', '/board/neighborhood'), 'we read on');
		await kubectl(`delete service,poddisruptionbudget ${home.name} --namespace ${LIBRARY}`);
		await kubectl(`set image deployment/${home.name} home=localhost/pause:1 --namespace ${LIBRARY}`);
		await kubectl('scale deployment home-1 --namespace understory-homes --replicas=0');
		await kubectl('scale deployment understory-provisioner --namespace understory --replicas=1');
		await kubectl('rollout status deployment understory-provisioner --namespace understory --timeout 2m');
		await killAt('mend drift');
		for (const slug of ['bookmobile', 'belmont']) {
			await open(visitor(), at(slug, '/'), nameOf(slug));
			await until(
				`the conditions of ${slug}`,
				// The provisioner may be gone for a moment.
				() =>
					branch(slug).then(
						({ conditions }) => conditions ?? [],
						() => [],
					),
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

	it('brings a branch back whose home lost its volume, by the page: from the copy on the other claim, with its keys, ids, follows and pictures, and without what was deleted since; helm, provisioner and kubelet are killed at each step', async () => {
		const { id, home } = await branch('kenton');
		const kept = await writePicture(platform.edge.port, wendell, at('kenton'), {
			...{
				text: 'Heron on the slough, seven in the morning.',
				scope: 'neighborhood',
				description: 'A heron',
			},
		});
		const deleted = (
			await write(wendell, at('kenton'), 'My number is none of your business.', 'neighborhood')
		).url;
		const found = await wendell.open(at('kenton', `/find?address=@teo@${hostOf('belmont')}`));
		await wendell.send(found, '/follows');
		await until(
			'the follow',
			() => wendell.open(found.url),
			({ html }) => html.includes('/follows/end'),
			60,
		);
		const pictureOf = async () =>
			wendell.open(pictureIn((await open(wendell, kept, 'Heron on the slough')).html, at('kenton')));
		const picture = await pictureOf();
		expect(picture.headers['content-type']).to.match(/^image\//);
		const actor = await keysOf('kenton');
		await operate('kenton', { kind: 'back_up' }, 'back up');
		await wendell.send(await wendell.open(deleted), '/delete');
		const goneAt = () =>
			inTables({ databaseUrl: platform.provisionerDatabase }, (tables) =>
				tables('gone').where({ branch: id, what: 'post' }).count('* as n').first(),
			);
		await until('what is gone, told', goneAt, (row) => Number(row?.n) === 1, 60);

		const page = await pageOfDisasters(platform, { name: home.name, namespace: LIBRARY });
		await page.clear();
		await page.giveKeys();
		await page.start();
		await killAt('start on a new volume');
		await until(
			'a home without its branch',
			() => visitor().open(at('kenton', '/')),
			({ status, text }) => status === 421 && text.includes('No branch speaks here'),
			200,
		);
		const words = page.restore.replace('multnomah albina', 'anytown kenton');
		const begun = JSON.parse(await understory(platform, `--json ${words} --no-wait`));
		await killAt('restore');
		await done(begun);
		await page.takeKeysAway();
		await open(visitor(), at('kenton', '/'), 'Kenton');
		// Everybody signs in anew, and is who they were.
		const again = async () => {
			wendell = visitor();
			return signIn(wendell, at('kenton'), good('patron')[1]!);
		};
		await until('the sign-in', again, ({ url }) => url.endsWith('/home'), 60);
		const shown = await pictureOf();
		expect([shown.status, shown.html === picture.html]).to.deep.equal([200, true]);
		expect((await wendell.open(deleted)).status).to.be.oneOf([404, 410]);
		for (const [who, from, whom] of [
			[wendell, 'kenton', `@teo@${hostOf('belmont')}`],
			[teo, 'belmont', `@wendell@${hostOf('kenton')}`],
		] as const)
			expect((await who.open(at(from, `/find?address=${whom}`))).html).to.include('/follows/end');
		expect(await keysOf('kenton')).to.deep.equal(actor);
		await write(wendell, at('kenton'), 'Back, and the heron too.', 'neighborhood');
		await open(teo, at('belmont', '/board/neighborhood'), 'and the heron too');
	});

	it('moves branches between homes of their own and shared ones, with who is signed in and what they have', async () => {
		const left = (await branch('kenton')).home.name;
		const moves = [
			await begin('kenton', { kind: 'move', home: 'shared' }),
			await begin('belmont', { kind: 'move', home: 'dedicated' }),
		];
		await killAt('move');
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
		await operate('belmont', { kind: 'retire', confirm: 'belmont' }, 'retire');
		await until(
			'the end',
			() => visitor().open(boot),
			({ status }) => status === 410,
			60,
		);
	});

	it('has stood the end of helm, provisioner and kubelet at every act of the table', () => {
		expect(killed()).to.deep.equal(KILLED_AT);
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
