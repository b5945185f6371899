import { copiesAwayIn } from '@understory/config/copies-away.ts';
import { expect } from 'chai';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

describe('a home on Kubernetes', () => {
	const { least, all } = VALUES.home!;
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});
	const rendered = (values: object = least, release = 'home-1') => charts.render('home', values, release);
	const pod = (values: object = least): Rendered => rendered(values).one('Deployment').spec.template.spec;
	const environment = (values: object = least): Record<string, string> =>
		Object.fromEntries(pod(values).containers[0].env.map(({ name, value }: Rendered) => [name, value]));

	it('is named after the release alone', () => {
		const home = rendered();
		for (const kind of ['Deployment', 'Service', 'PersistentVolumeClaim', 'ServiceAccount'])
			expect(home.one(kind).metadata.name, kind).to.equal('home-1');
	});

	it('stops the old pod before the new one begins: two processes never open one folder', () => {
		const { spec } = rendered().one('Deployment');
		expect(spec.strategy).to.deep.equal({ type: 'Recreate' });
		expect(spec.replicas).to.equal(1);
	});

	it('rests without losing anything', () => {
		const resting = rendered({ ...least, suspended: true });
		expect(resting.one('Deployment').spec.replicas).to.equal(0);
		expect(resting.of('PersistentVolumeClaim')).to.have.length(1);
		expect(resting.of('Service')).to.have.length(1);
		const wakened = structuredClone(resting.objects) as Rendered[];
		wakened.find(({ kind }) => kind === 'Deployment').spec.replicas = 1;
		expect(wakened, 'nothing but the number of pods is another').to.deep.equal(rendered().objects);
	});

	it('keeps its volume when the release goes, by the annotation that Helm knows', () => {
		const { metadata } = rendered().one('PersistentVolumeClaim');
		expect(metadata.annotations).to.deep.equal({ 'helm.sh/resource-policy': 'keep' });
	});

	it('takes a claim that is there, and makes none', () => {
		const values = { ...least, storage: { existingClaim: 'kept' } };
		expect(rendered(values).of('PersistentVolumeClaim')).to.deep.equal([]);
		const data = pod(values).volumes.find(({ name }: Rendered) => name === 'data');
		expect(data.persistentVolumeClaim.claimName).to.equal('kept');
	});

	it('has no address of its own in the cluster', () => {
		expect(rendered().one('Service').spec.clusterIP).to.equal('None');
	});

	it('never stands in the way of a node that is emptied', () => {
		const { spec } = rendered().one('PodDisruptionBudget');
		expect(spec.maxUnavailable).to.equal(1);
		expect(spec).to.not.have.property('minAvailable');
	});

	it('tells the role where it is and whom to ask', () => {
		expect(environment()).to.include({
			UNDERSTORY_PORT: '8080',
			UNDERSTORY_DATA: '/data',
			UNDERSTORY_SECRETS: '/secrets',
			UNDERSTORY_PLATFORM_URL: 'http://understory-provisioner.understory:8080',
			UNDERSTORY_HOME_NAME: 'home-1',
			UNDERSTORY_INTERNAL_URL: 'http://home-1.homes.svc:8080',
		});
		expect(environment(all)).to.include({
			UNDERSTORY_HOME_NAME: 'home-of-alameda',
			UNDERSTORY_TRUST_PROXY: '10.88.0.0/16',
			UNDERSTORY_DOMAIN: 'social.example',
			UNDERSTORY_EDGE: 'gateway.gateways:443',
			UNDERSTORY_INTERNAL_URL: 'http://home-1.homes.svc.east.example:8080',
		});
	});

	it('starts without the token that let it in once', () => {
		const secrets = pod().volumes.find(({ name }: Rendered) => name === 'secrets');
		expect(secrets.projected.sources[0]).to.deep.equal({
			secret: { name: 'home-1-enrolment', optional: true },
		});
	});

	it('takes in keys that were brought back from a Secret of its own name, which is there only then', () => {
		const secrets = pod().volumes.find(({ name }: Rendered) => name === 'secrets');
		expect(secrets.projected.sources[1]).to.deep.equal({ secret: { name: 'home-1-keys', optional: true } });
		expect(secrets.projected).to.include({ defaultMode: 0o440 });
	});

	it('has its keys kept where a recovery key is named, and nowhere otherwise', () => {
		expect(environment()).to.not.have.property('UNDERSTORY_RECOVERY_KEY');
		expect(environment(all).UNDERSTORY_RECOVERY_KEY).to.equal((all as Rendered).recovery.publicKey);
		const half = { ...least, recovery: { publicKey: '-----BEGIN PRIVATE KEY-----' } };
		expect(charts.refusal('home', half, 'home-1')).to.contain('/recovery/publicKey');
	});

	it('compares pictures with the lists of a Secret where one is named, and with nothing otherwise', () => {
		expect(environment()).to.not.have.property('UNDERSTORY_MATCH_LISTS');
		expect(pod().volumes.map(({ name }: Rendered) => name)).to.not.include('match-lists');
		expect(environment(all).UNDERSTORY_MATCH_LISTS).to.equal('/match-lists');
		const lists = pod(all).volumes.find(({ name }: Rendered) => name === 'match-lists');
		expect(lists.secret.secretName).to.equal('match-lists');
		expect(pod(all).containers[0].volumeMounts).to.deep.include({
			...{ name: 'match-lists', mountPath: '/match-lists', readOnly: true },
		});
	});

	it('tells Node to stay below the limit of its memory', () => {
		expect(environment().NODE_OPTIONS).to.equal('--max-old-space-size=614 --max-semi-space-size=8');
		expect(environment(all).NODE_OPTIONS).to.equal('--max-old-space-size=1228 --max-semi-space-size=8');
		const small = { ...least, memory: { request: '64Mi', limit: '100Mi' } };
		expect(environment(small).NODE_OPTIONS).to.equal('--max-old-space-size=60 --max-semi-space-size=8');
	});

	it('starts again when its Secret is renewed, and not for a new version of the chart', () => {
		const template = (version: string) =>
			rendered({ ...least, secret: { name: 'home-1-enrolment', version } }).one('Deployment').spec.template;
		expect(template('2')).to.not.deep.equal(template('1'));
		expect(template('1').metadata.labels).to.not.have.property('helm.sh/chart');
	});

	it('runs an image by its digest when there is one', () => {
		expect(pod(all).containers[0].image).to.equal(`registry.example/understory@sha256:${'a'.repeat(64)}`);
		expect(pod().containers[0].image).to.equal('registry.example/understory:0.1.0');
		expect(pod(all).imagePullSecrets).to.deep.equal([{ name: 'registry' }]);
	});

	it('believes the authorities it is told, and starts again when they change', () => {
		expect(environment(all).NODE_EXTRA_CA_CERTS).to.equal('/authorities/ca.crt');
		expect(rendered(all).one('ConfigMap', 'home-1-authorities').data['ca.crt']).to.include('CERTIFICATE');
		const { annotations } = rendered(all).one('Deployment').spec.template.metadata;
		expect(annotations['understory/authorities']).to.match(/^[0-9a-f]{64}$/);
		expect(environment()).to.not.have.property('NODE_EXTRA_CA_CERTS');
	});

	it('runs on the nodes that are meant for it', () => {
		expect(pod(all)).to.deep.include({
			nodeSelector: { disk: 'fast' },
			priorityClassName: 'people-first',
			tolerations: [{ key: 'social', operator: 'Exists', effect: 'NoSchedule' }],
		});
	});

	it('has every branch copied by a Litestream that ends after it, with its keys in a file', () => {
		const [copier] = pod(all).initContainers;
		expect(copier).to.include({ name: 'litestream', restartPolicy: 'Always' });
		expect(copier.env).to.deep.include({
			name: 'AWS_SHARED_CREDENTIALS_FILE',
			value: '/credentials/credentials',
		});
		const config = rendered(all).one('ConfigMap', 'home-1-litestream').data['litestream.yml'];
		expect(config).to.include('/litestream/control.sock');
		expect(config).to.not.match(/access-key|secret/i);
		expect(environment(all)).to.include({
			UNDERSTORY_LITESTREAM: '/litestream/control.sock',
			UNDERSTORY_LITESTREAM_REPLICA:
				's3://understory/alameda/home-1?endpoint=https%3A%2F%2Fobjects.example&region=us-west',
		});
		expect(pod().initContainers).to.equal(undefined);
	});

	it('runs Litestream by its digest when there is one, whatever its image was called by before', () => {
		const { litestream } = all as { litestream: object };
		const imageWith = (part: object): string =>
			pod({ ...all, litestream: { ...litestream, ...part } }).initContainers[0].image;
		const [digest, other] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);
		expect(imageWith({})).to.equal('litestream/litestream:0.5.18');
		expect(imageWith({ digest })).to.equal(`litestream/litestream:0.5.18@${digest}`);
		expect(imageWith({ image: `mirror.example/litestream@${other}`, digest })).to.equal(
			`mirror.example/litestream@${digest}`,
		);
		expect(charts.refusal('home', { ...all, litestream: { ...litestream, digest: 'newest' } })).to.include(
			'digest',
		);
	});

	it('copies into a folder of its own where nothing else is said', () => {
		const values = { ...least, litestream: { enabled: true, bucket: 'one', secretName: 'bucket' } };
		expect(environment(values).UNDERSTORY_LITESTREAM_REPLICA).to.equal('s3://one/homes/home-1');
	});

	describe('has its copies', () => {
		const on = (claim: object, more: object = {}) => ({
			...least,
			...more,
			copies: { kind: 'claim', claim },
		});
		const mountOf = (values: object) =>
			pod(values).containers[0].volumeMounts.find(({ name }: Rendered) => name === 'copies');
		const claimOf = (values: object) =>
			pod(values).volumes.find(({ name }: Rendered) => name === 'copies')?.persistentVolumeClaim.claimName;

		it('in its own folder unless it is told otherwise', () => {
			expect(environment()).to.not.have.property('UNDERSTORY_BACKUPS');
			expect(mountOf(least)).to.equal(undefined);
			expect(rendered().of('PersistentVolumeClaim')).to.have.length(1);
		});

		it('on a claim of their own by a value, which is kept when the release goes', () => {
			const values = on({ size: '300Gi', className: 'elsewhere' });
			expect(environment(values).UNDERSTORY_BACKUPS).to.equal('/copies');
			expect(mountOf(values)).to.deep.equal({
				...{ name: 'copies', mountPath: '/copies/home-1', subPath: 'home-1' },
			});
			expect(claimOf(values)).to.equal('home-1-copies');
			const { metadata, spec } = rendered(values).one('PersistentVolumeClaim', 'home-1-copies');
			expect(metadata.annotations).to.deep.equal({ 'helm.sh/resource-policy': 'keep' });
			expect(spec).to.deep.equal({
				accessModes: ['ReadWriteOnce'],
				storageClassName: 'elsewhere',
				resources: { requests: { storage: '300Gi' } },
			});
			expect(rendered(values).one('PersistentVolumeClaim', 'home-1').spec).to.deep.equal(
				rendered().one('PersistentVolumeClaim').spec,
			);
		});

		it('in a folder with its name on a claim that is there, which may be one for many homes', () => {
			const values = on({ existingClaim: 'share' }, { name: 'home-of-alameda' });
			expect(rendered(values).of('PersistentVolumeClaim')).to.have.length(1);
			expect(claimOf(values)).to.equal('share');
			expect(mountOf(values)).to.include({
				...{ mountPath: '/copies/home-of-alameda', subPath: 'home-of-alameda' },
			});
		});

		it('brought to a bucket by a value, with its keys in a file', () => {
			expect(environment()).to.not.have.property('UNDERSTORY_COPIES_AWAY');
			expect(environment(all)).to.include({
				UNDERSTORY_COPIES_AWAY:
					's3://understory-copies/homes?endpoint=https%3A%2F%2Fobjects.example&region=us-west&network=10.20.0.0%2F16',
				UNDERSTORY_COPIES_AWAY_CREDENTIALS: '/copies-away/credentials',
			});
			expect(pod(all).containers[0].volumeMounts).to.deep.include({
				...{ name: 'copies-away', mountPath: '/copies-away', readOnly: true },
			});
			const faults: string[] = [];
			const { UNDERSTORY_COPIES_AWAY: said = '' } = environment(all) as Record<string, string>;
			expect(copiesAwayIn(said, '/copies-away/credentials', faults)?.endpoint, faults.join()).to.equal(
				'https://objects.example',
			);
			const plain = { bucket: { name: 'one', secretName: 'keys', endpoint: 'http://objects.example' } };
			expect(charts.refusal('home', { ...least, copies: plain })).to.include('without encryption');
		});

		for (const [what, sentence, values] of [
			[
				'on the claim that the branches lie on',
				'which the branches lie on: copies there are lost together with them',
				on({ existingClaim: 'kept' }, { storage: { existingClaim: 'kept' } }),
			],
			[
				'on the claim that the release makes for the branches',
				'which the branches lie on: copies there are lost together with them',
				on({ existingClaim: 'home-1' }),
			],
			[
				'on a claim that is there, by another class',
				'leave copies.claim.className empty',
				on({ existingClaim: 'share', className: 'fast' }),
			],
			[
				'on a claim that is named, and nowhere',
				'copies.claim.existingClaim is given and copies.kind is none',
				{ ...least, copies: { kind: 'none', claim: { existingClaim: 'share' } } },
			],
			[
				'on a second claim in a namespace with room for one',
				'the home has two claims',
				on({}, { quota: { enabled: true, claims: 1 } }),
			],
		] as const) {
			it(`not ${what}, which is refused in a sentence`, () => {
				expect(charts.refusal('home', values)).to.include(sentence);
			});
		}
	});

	it('is reached through a Gateway or an Ingress, as it is told, and through neither', () => {
		const routes = (values: object) => rendered(values).of('HTTPRoute').length;
		const { route } = all as { route: object };
		expect(routes(least)).to.equal(0);
		expect(rendered(all).one('HTTPRoute').spec).to.deep.equal({
			parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }],
			hostnames: ['*.alameda.social.example', 'reads.example'],
			rules: [{ backendRefs: [{ name: 'home-1', port: 8080 }] }],
		});
		const ingress = rendered({ ...least, route: { ...route, kind: 'ingress' } });
		expect(ingress.of('HTTPRoute')).to.deep.equal([]);
		expect(ingress.one('Ingress').spec).to.deep.include({
			ingressClassName: 'caddy',
			tls: [{ secretName: 'certificate', hosts: ['*.alameda.social.example', 'reads.example'] }],
		});
	});

	it('is reached at the listener of its library, or with a certificate of its own, where libraries have them', () => {
		const { route } = all as { route: object };
		const certificates = { issuer: 'public', namespace: 'understory-homes' };
		const own = { ...route, hosts: ['belmont.alameda.social.example'], certificates };
		expect(rendered({ ...least, route: own }).of('HTTPRoute')[0]!.spec.parentRefs).to.deep.equal([
			{
				group: 'gateway.networking.k8s.io',
				kind: 'ListenerSet',
				name: 'alameda.social.example',
				namespace: 'understory-homes',
			},
		]);
		const [ingress] = rendered({ ...least, route: { ...own, kind: 'ingress' } }).of('Ingress');
		expect(ingress!.metadata.annotations).to.include({ 'cert-manager.io/cluster-issuer': 'public' });
		expect(ingress!.spec.tls).to.deep.equal([{ secretName: 'home-1-certificate', hosts: own.hosts }]);
	});

	it('has more routes when it has more than sixteen names', () => {
		const hosts = Array.from({ length: 40 }, (_, n) => `b${n}.library.example`);
		const many = rendered({ ...least, route: { kind: 'gateway', hosts, gateway: { name: 'public' } } });
		const routes = many.of('HTTPRoute');
		expect(routes.map(({ metadata }) => metadata.name)).to.have.members(['home-1', 'home-1-1', 'home-1-2']);
		expect(routes.flatMap(({ spec }) => spec.hostnames)).to.have.members(hosts);
		for (const { spec } of routes) expect(spec.rules[0].backendRefs[0].name).to.equal('home-1');
	});

	it('keeps its names within what Kubernetes takes, however long the release is called', () => {
		const longest = 'h'.repeat(53);
		for (const { metadata, kind } of rendered(all, longest).objects)
			expect(metadata.name.length, `${kind} ${metadata.name}`).to.be.at.most(63);
		const long = { ...all, name: '' };
		for (const values of Object.values(rendered(long, longest).one('Deployment').metadata.labels))
			expect(values).to.have.length.at.most(63);
	});

	describe('refuses in a sentence', () => {
		const wrong: [what: string, field: string, values: object][] = [
			['a value that is mistyped', 'tga', { image: { repository: 'a', tag: '1', tga: '2' } }],
			['an image without a version', 'image', { image: { repository: 'registry.example/understory' } }],
			[
				'an image that brings words of its own',
				'tag',
				{ image: { repository: 'a', tag: '1"\n      command: [sh]' } },
			],
			['memory that is no number', 'limit', { memory: { request: '64Mi', limit: 'lots' } }],
			['a processor that is no number', 'cpu', { cpu: 'all' }],
			['a host that is no name', 'hosts', { route: { kind: 'none', hosts: ['a b'] } }],
			['a gateway that is not named', 'gateway', { route: { kind: 'gateway', hosts: ['a.example'] } }],
			['a way in that is not known', 'kind', { route: { kind: 'nodeport' } }],
			[
				'a reason with a second line',
				'why',
				{ network: { allow: [{ cidr: '10.0.0.0/8', ports: [1], why: 'a b\n- {}' }] } },
			],
			['a place without a reason', 'why', { network: { allow: [{ cidr: '10.0.0.0/8', ports: [1] }] } }],
			[
				'a label that selectors are made of',
				'app.kubernetes.io/instance',
				{ labels: { 'app.kubernetes.io/instance': 'other' } },
			],
			['Litestream without a bucket', 'bucket', { litestream: { enabled: true, secretName: 'a' } }],
			['a bucket without its keys', 'secretName', { copies: { bucket: { name: 'one-bucket' } } }],
			['copies in a place that is not known', 'kind', { copies: { kind: 'tape' } }],
			['a home name that is too long', 'name', { name: 'n'.repeat(54) }],
			['a platform that is no address', 'url', { platform: { url: 'understory' } }],
			['a security setting of its own', 'privileged', { pod: { privileged: true } }],
			['a number of pods', 'replicas', { replicas: 2 }],
		];
		for (const [what, field, part] of wrong) {
			it(what, () => {
				const said = charts.refusal('home', { ...least, ...part });
				expect(said).to.include("don't meet the specifications of the schema").and.include(field);
			});
		}
	});
});
