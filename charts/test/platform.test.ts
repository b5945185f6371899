import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SECRET_FILES } from '@understory/config/role-settings.ts';
import { expect } from 'chai';
import { mayReach, namespacesIn, rangesIn } from './fixtures/reach.ts';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

const ROLES = ['provisioner', 'sso-bridge', 'accountability'] as const;
const readme = readFileSync(fileURLToPath(new URL('../platform/README.md', import.meta.url)), 'utf8');

describe('a platform on Kubernetes', () => {
	const { least, all } = VALUES.platform!;
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});
	const rendered = (values: object = least, release = 'understory', namespace = 'understory') =>
		charts.render('platform', values, release, namespace);
	const pod = (role: string, values: object = least): Rendered =>
		rendered(values).one('Deployment', `understory-${role}`).spec.template;
	const environment = (role: string, values: object = least): Record<string, string> =>
		Object.fromEntries(
			pod(role, values).spec.containers[0].env.map(({ name, value }: Rendered) => [name, value]),
		);
	const policy = (role: string, values: object = least) =>
		rendered(values).one('NetworkPolicy', `understory-${role}`);
	const homes = (values: object): Rendered =>
		JSON.parse(rendered(values).one('ConfigMap', 'understory-homes').data['homes.json']);

	it('is three roles of one image, each told which it is', () => {
		for (const role of ROLES) expect(pod(role).spec.containers[0].args).to.deep.equal([role]);
		expect(rendered().of('Deployment')).to.have.length(3);
		const images = rendered().of('Deployment');
		expect(new Set(images.map(({ spec }) => spec.template.spec.containers[0].image)).size).to.equal(1);
	});

	it('brings no database, no Job and no Secret with it', () => {
		const kinds = rendered(all).objects.map(({ kind }) => kind);
		expect(kinds).to.not.include.members(['StatefulSet']);
		for (const kind of ['StatefulSet', 'Job', 'Secret', 'CronJob']) expect(kinds).to.not.include(kind);
	});

	it('tells the roles where they are, and the followers where the provisioner is', () => {
		expect(environment('provisioner')).to.include({
			UNDERSTORY_DOMAIN: 'social.example',
			UNDERSTORY_DRIVER: 'helm',
			UNDERSTORY_HOMES_NAMESPACE: 'understory-homes',
			UNDERSTORY_HOME_VALUES: '/config/homes.json',
		});
		for (const role of ['sso-bridge', 'accountability'])
			expect(environment(role, all)).to.include({
				UNDERSTORY_PLATFORM_URL: 'http://understory-provisioner.understory.svc:8080',
				UNDERSTORY_DOMAIN: 'social.example',
				UNDERSTORY_EDGE: 'gateway.gateways:443',
				UNDERSTORY_TRUST_PROXY: '10.88.0.0/16',
			});
		expect(environment('accountability', all)).to.include({
			UNDERSTORY_PUBLISH: 'now',
			UNDERSTORY_MINIMUM_POPULATION: '100',
		});
	});

	it('gives each role its own Secret and nobody another’s', () => {
		for (const role of ROLES) {
			const secrets = pod(role).spec.volumes.filter(({ secret }: Rendered) => secret);
			expect(secrets.map(({ secret }: Rendered) => secret.secretName)).to.deep.equal([role]);
			expect(secrets[0].secret).to.not.have.property('optional');
		}
	});

	it('names in its README every secret file that a role needs', () => {
		for (const { name, roles } of SECRET_FILES as readonly { name: string; roles: readonly string[] }[]) {
			for (const role of ROLES.filter((one) => roles.includes(one))) {
				const key = role === 'sso-bridge' ? 'ssoBridge' : role;
				const row = readme.split('\n').find((line) => line.startsWith(`| \`${key}.secret.name\``));
				expect(row, key).to.include(`\`${name}\``);
			}
		}
	});

	it('keeps what bridge and site need to come up alone, also when the release goes', () => {
		for (const role of ['sso-bridge', 'accountability']) {
			const name = `understory-${role}`;
			const claim = rendered().one('PersistentVolumeClaim', name);
			expect(claim.metadata.annotations).to.deep.equal({ 'helm.sh/resource-policy': 'keep' });
			const data = pod(role).spec.volumes.find((volume: Rendered) => volume.name === 'data');
			expect(data.persistentVolumeClaim.claimName).to.equal(name);
		}
		expect(rendered().one('Namespace').metadata.annotations).to.deep.equal({
			'helm.sh/resource-policy': 'keep',
		});
	});

	describe('the homes it starts', () => {
		it('have what holds for the platform, and what the operator says for them', () => {
			expect(homes(all)).to.deep.include({
				image: { ...(all as Rendered).image },
				logLevel: 'debug',
				memory: { request: '512Mi', limit: '2Gi' },
				storage: { size: '50Gi' },
				copies: { kind: 'claim', claim: { existingClaim: 'share' } },
				platform: {
					url: 'http://understory-provisioner.understory.svc:8080',
					namespace: 'understory',
					domain: 'social.example',
					edge: 'gateway.gateways:443',
				},
			});
			expect(homes(all).network).to.deep.equal({
				closed: true,
				gatewayNamespace: 'gateways',
				gatewayPorts: [443, 8443, 10443],
				gatewayRanges: ['10.88.0.0/16'],
				dnsNamespace: 'kube-system',
				dnsRanges: ['169.254.20.10/32'],
				allow: [{ cidr: '10.1.2.3/32', ports: [9000], why: 'object storage' }],
			});
		});

		it('are taken by the chart of a home as they are', () => {
			for (const values of [least, all]) {
				const given = { ...homes(values), name: 'home-1', secret: { name: 'home-1-enrolment' } };
				const home = charts.render('home', given, 'home-1', 'understory-homes');
				expect(home.one('Deployment').spec.template.spec.containers[0].image).to.equal(
					pod('provisioner', values).spec.containers[0].image,
				);
			}
		});

		it('are known to a provisioner that is started again when they change', () => {
			const told = (values: object) => pod('provisioner', values).metadata.annotations['understory/config'];
			expect(told(least)).to.match(/^[0-9a-f]{64}$/);
			expect(told({ ...least, homes: { values: { cpu: '200m' } } })).to.not.equal(told(least));
		});

		it('live in a namespace that lets no pod be more than restricted, and closes what does not open itself', () => {
			const { labels } = rendered().one('Namespace').metadata;
			expect(labels['pod-security.kubernetes.io/enforce']).to.equal('restricted');
			const closed = rendered().one('NetworkPolicy', 'understory-closed');
			expect(closed.metadata.namespace).to.equal('understory-homes');
			expect(closed.spec).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
		});

		it('have a quota in their namespace, which can be turned off', () => {
			const quota = rendered().one('ResourceQuota');
			expect(quota.metadata.namespace).to.equal('understory-homes');
			expect(quota.spec.hard).to.include({ 'services.loadbalancers': '0', 'services.nodeports': '0' });
			expect(rendered().one('LimitRange').metadata.namespace).to.equal('understory-homes');
			const off = rendered({ ...least, homes: { quota: { enabled: false } } });
			expect(off.of('ResourceQuota')).to.deep.equal([]);
		});
	});

	describe('the rights of the provisioner', () => {
		const rules = (): Rendered[] => rendered().one('Role').rules;
		/** Of these the last are about what leads people to shared homes, which libraries' namespaces have nothing of. */
		const ofRoutes = 2;
		const beside = () => rendered(all).one('Role', 'understory-routes');

		const alone = { ...least, homes: { libraries: { enabled: false } } };

		it('end at the namespace of the homes where libraries have none of their own', () => {
			const kinds = rendered(alone).objects.map(({ kind }) => kind);
			for (const kind of ['ClusterRole', 'ClusterRoleBinding', 'ValidatingAdmissionPolicy'])
				expect(kinds).to.not.include(kind);
			expect(environment('provisioner', alone)).to.not.have.property('UNDERSTORY_LIBRARY_NAMESPACES');
			expect(rendered(all).one('Role', 'understory-homes').metadata.namespace).to.equal('branches');
			const binding = rendered(all).one('RoleBinding', 'understory-homes');
			expect(binding.metadata.namespace).to.equal('branches');
			expect(binding.subjects).to.deep.equal([
				{ kind: 'ServiceAccount', name: 'understory-provisioner', namespace: 'understory' },
			]);
		});

		it('hold in the whole cluster only to make namespaces, and to take there one role and no other', () => {
			const binding = rendered().one('ClusterRoleBinding');
			expect(binding.roleRef.name).to.equal('understory-understory-namespaces');
			const { role } = JSON.parse(rendered().one('ConfigMap', 'understory-homes').data['libraries.json']);
			expect(rendered().one('ClusterRole', binding.roleRef.name).rules).to.deep.equal([
				{ apiGroups: [''], resources: ['namespaces'], verbs: ['create', 'patch'] },
				{
					apiGroups: ['rbac.authorization.k8s.io'],
					resources: ['rolebindings'],
					verbs: ['create', 'patch'],
				},
				{
					apiGroups: ['rbac.authorization.k8s.io'],
					resources: ['clusterroles'],
					resourceNames: [role],
					verbs: ['bind', 'get'],
				},
			]);
			const inLibraries = rendered().one('ClusterRole', role).rules as Rendered[];
			expect(inLibraries.slice(0, -1)).to.deep.equal(rules().slice(0, -ofRoutes));
			expect(inLibraries.at(-1)).to.deep.equal({
				apiGroups: [''],
				resources: ['resourcequotas', 'limitranges'],
				verbs: ['create', 'patch'],
			});
		});

		it('are held to by the API server: a policy that denies says which namespaces are the platform’s', () => {
			const { spec } = rendered().one('ValidatingAdmissionPolicy');
			expect(spec.failurePolicy).to.equal('Fail');
			expect(rendered().one('ValidatingAdmissionPolicyBinding').spec).to.deep.equal({
				policyName: 'understory-understory-namespaces',
				validationActions: ['Deny'],
			});
		});

		it('are beside its own roles to write what leads people there, where somebody is led at all, and nothing else', () => {
			expect(beside().metadata).to.not.have.property('namespace');
			const verbs = ['list', 'create', 'patch', 'delete'];
			const routes = { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs };
			expect(beside().rules).to.deep.equal([routes]);
			const { route } = all as Rendered;
			const ingress = { ...least, route: { ...route, kind: 'ingress', certificates: { issuer: 'public' } } };
			expect(rendered(ingress).one('Role', 'understory-routes').rules).to.deep.equal([
				{ apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs },
				{ apiGroups: ['cert-manager.io'], resources: ['certificates'], verbs },
			]);
			expect(rendered().of('Role')).to.have.length(1);
			const policy = rendered(all).one('ValidatingAdmissionPolicy', 'understory-understory-routes');
			expect(policy.spec.failurePolicy).to.equal('Fail');
		});

		it('are named one by one, and hold no volume to delete and no right to give', () => {
			for (const { apiGroups, resources, verbs } of [...rules(), ...beside().rules]) {
				for (const word of [...apiGroups, ...resources, ...verbs]) expect(word).to.not.include('*');
				expect(apiGroups).to.not.include('rbac.authorization.k8s.io');
				for (const verb of ['escalate', 'bind', 'impersonate', 'deletecollection'])
					expect(verbs).to.not.include(verb);
				if (resources.includes('persistentvolumeclaims')) expect(verbs).to.not.include('delete');
			}
		});

		it('are the table of the README, no more and no less', () => {
			const [beside] = readme.split('### In the namespaces of libraries');
			const written = [...beside!.matchAll(/^\| ((?:`[a-z.0-9-]+`(?:, )?)+) \| ([a-z, ]+) \|/gm)].flatMap(
				([, resources, verbs]) =>
					[...resources!.matchAll(/`([^`]+)`/g)].map(([, resource]) => `${resource}: ${verbs}`),
			);
			const given = rules().flatMap(({ apiGroups: [group], resources, verbs }) =>
				resources.map(
					(resource: string) => `${group ? `${resource}.${group}` : resource}: ${verbs.join(', ')}`,
				),
			);
			expect(written).to.have.members(given);
		});
	});

	describe('its network', () => {
		it('is closed both ways for every role', () => {
			for (const role of ROLES) {
				const { spec } = policy(role);
				expect(spec.policyTypes).to.deep.equal(['Ingress', 'Egress']);
				expect(spec.podSelector.matchLabels).to.include({ 'app.kubernetes.io/component': role });
			}
			expect(rendered({ ...least, network: { closed: false } }).of('NetworkPolicy')).to.deep.equal([]);
		});

		it('lets in the gateway, the homes and the roles among each other', () => {
			for (const role of ROLES) {
				const libraries = 'understory/platform=understory';
				expect(namespacesIn(policy(role))).to.have.members(['understory', 'understory-homes', libraries]);
				expect(namespacesIn(policy(role, all))).to.have.members([
					...['understory', 'branches', 'gateways', libraries],
				]);
				const alone = { ...least, homes: { libraries: { enabled: false } } };
				expect(namespacesIn(policy(role, alone))).to.have.members(['understory', 'understory-homes']);
			}
		});

		it('leads from the provisioner to the API server, the database and homes, and not into the world', () => {
			const to = policy('provisioner', all);
			expect(mayReach(to, '10.0.0.10', 6443)).to.equal(true);
			expect(mayReach(to, '10.0.0.12', 6443)).to.equal(false);
			expect(mayReach(to, '10.9.9.9', 6432)).to.equal(true);
			expect(mayReach(to, '1.1.1.1', 443)).to.equal(false);
			// A server on other software that the library lists is named.
			expect(mayReach(to, '198.51.100.7', 443)).to.equal(true);
			expect(mayReach(to, '198.51.100.8', 443)).to.equal(false);
			expect(mayReach(policy('provisioner'), '198.51.100.7', 443)).to.equal(false);
			const peers = to.spec.egress.flatMap((rule: Rendered) => rule.to);
			// It looks at the certificates of branches, where people meet them.
			expect(peers).to.deep.include({
				namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateways' } },
			});
			for (const matchLabels of [
				{ 'kubernetes.io/metadata.name': 'branches' },
				{ 'understory/platform': 'understory' },
			])
				expect(peers).to.deep.include({
					namespaceSelector: { matchLabels },
					podSelector: {
						matchLabels: {
							'app.kubernetes.io/name': 'understory',
							'app.kubernetes.io/component': 'home',
						},
					},
				});
		});

		it('leads between the provisioner and homes in other clusters that are named, and from no other role', () => {
			const to = policy('provisioner', all);
			expect([mayReach(to, '10.210.3.4', 8080), mayReach(to, '10.210.3.4', 443)]).to.deep.equal([
				true,
				false,
			]);
			expect(mayReach(to, '10.211.3.4', 8080)).to.equal(false);
			expect(rangesIn(to)).to.deep.equal(['10.210.0.0/16']);
			expect(rangesIn(policy('provisioner'))).to.deep.equal([]);
			for (const role of ['sso-bridge', 'accountability']) {
				expect(mayReach(policy(role, all), '10.210.3.4', 8080), role).to.equal(false);
				expect(rangesIn(policy(role, all)), role).to.deep.equal([]);
			}
		});

		it('leads from the bridge to the catalogues that are named, and to no other private place', () => {
			const to = policy('sso-bridge', all);
			expect(mayReach(to, '10.4.5.6', 6001)).to.equal(true);
			expect(mayReach(to, '10.4.5.7', 6001)).to.equal(false);
			expect(mayReach(to, '10.4.5.6', 443)).to.equal(false);
			expect(mayReach(to, '1.1.1.1', 443)).to.equal(true);
		});

		it('leads from nobody but the provisioner to the API server, and from nobody to the metadata of a cloud', () => {
			for (const role of ['sso-bridge', 'accountability'])
				expect(mayReach(policy(role, all), '10.0.0.10', 6443)).to.equal(false);
			for (const role of ROLES)
				expect(mayReach(policy(role, all), '169.254.169.254', 443), role).to.equal(false);
			expect(mayReach(policy('accountability', all), '10.4.5.6', 6001)).to.equal(false);
		});
	});

	it('is reached under the names of the platform, each leading to its role', () => {
		const routes = Object.fromEntries(
			rendered(all)
				.of('HTTPRoute')
				.map(({ spec }) => [spec.rules[0].backendRefs[0].name, spec.hostnames]),
		);
		expect(routes).to.deep.equal({
			'understory-provisioner': ['console.social.example'],
			'understory-sso-bridge': ['card.alameda.social.example', 'card.berkeley.social.example'],
			'understory-accountability': [
				'accountability.alameda.social.example',
				'accountability.berkeley.social.example',
			],
		});
		expect(rendered().of('HTTPRoute')).to.deep.equal([]);
		const ingress = rendered({ ...least, route: { ...(all as Rendered).route, kind: 'ingress' } });
		expect(ingress.of('Ingress')).to.have.length(3);
		expect(ingress.of('HTTPRoute')).to.deep.equal([]);
	});

	it('tells the provisioner where its roles are and how people come there, and shared homes of what each library has', () => {
		const told = JSON.parse(rendered(all).one('ConfigMap', 'understory-homes').data['routes.json']);
		expect(told).to.deep.include({
			namespace: 'understory',
			services: { card: 'understory-sso-bridge', accountability: 'understory-accountability' },
			byHand: ['alameda', 'berkeley'],
		});
		expect(told.route.gateway.name).to.equal('public');
		expect(environment('provisioner', all).UNDERSTORY_PLATFORM_ROUTES).to.equal('/config/routes.json');
		const { route } = all as Rendered;
		const values = { ...(all as Rendered), route: { ...route, certificates: { issuer: 'public' } } };
		expect(homes(values).route).to.deep.include({
			certificates: { issuer: 'public', namespace: 'branches' },
		});
		expect(homes(all).route).to.not.have.property('certificates');
	});

	it('believes the authorities it is told, in every role, and starts again when they change', () => {
		for (const role of ROLES) {
			expect(environment(role, all).NODE_EXTRA_CA_CERTS).to.equal('/authorities/ca.crt');
			expect(pod(role, all).metadata.annotations['understory/authorities']).to.match(/^[0-9a-f]{64}$/);
			const { volumes } = pod(role, all).spec;
			const map = volumes.find(({ name }: Rendered) => name === 'authorities').configMap.name;
			expect(rendered(all).one('ConfigMap', map).data['ca.crt']).to.include('BEGIN CERTIFICATE');
			expect(environment(role)).to.not.have.property('NODE_EXTRA_CA_CERTS');
		}
		expect(homes(all).authorities).to.equal((all as Rendered).authorities);
	});

	it('keeps its names within what Kubernetes takes, however long the release is called', () => {
		for (const { metadata, kind } of rendered(all, 'u'.repeat(53)).objects) {
			// Names in the whole cluster may be longer: they have the platform's namespace in them.
			const most = /^(Cluster|Validating)/.test(kind) ? 253 : 63;
			expect(metadata.name.length, `${kind} ${metadata.name}`).to.be.at.most(most);
			for (const label of Object.values(metadata.labels)) expect(label).to.have.length.at.most(63);
		}
	});

	describe('refuses in a sentence', () => {
		const key = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n';
		const wrong: [what: string, field: string, values: object][] = [
			['a domain that is none', 'domain', { domain: 'social' }],
			[
				'a closed network that does not say where the database is',
				'database',
				{ network: { apiServer: { ranges: ['10.0.0.1/32'] } } },
			],
			[
				'a closed network that does not say where the API server is',
				'apiServer',
				{ network: { database: { namespace: 'a' } } },
			],
			['a Secret with dots and spaces', 'name', { ssoBridge: { secret: { name: 'a b' } } }],
			['a home’s own name for all of them', 'name', { homes: { values: { name: 'home' } } }],
			['a value of homes that is mistyped', 'storge', { homes: { values: { storge: {} } } }],
			['a private key among authorities', 'authorities', { authorities: key }],
			['a library that is no slug', 'libraries', { route: { kind: 'none', libraries: ['A b'] } }],
			[
				'a number of people below nothing',
				'minimumPopulation',
				{ accountability: { secret: { name: 'a' }, minimumPopulation: -1 } },
			],
			['a prefix that no namespace has', 'prefix', { homes: { libraries: { prefix: 'Lib_' } } }],
			['a place for releases that Helm has not', 'releases', { homes: { releases: 'configmap' } }],
			['a database of its own', 'postgresql', { postgresql: { enabled: true } }],
		];
		for (const [what, field, part] of wrong) {
			it(what, () => {
				const said = charts.refusal('platform', { ...least, ...part }, 'understory', 'understory');
				expect(said).to.include("don't meet the specifications of the schema").and.include(field);
			});
		}

		it('homes in the namespace of the platform', () => {
			const said = charts.refusal('platform', least, 'understory', 'understory-homes');
			expect(said).to.include('homes.namespace must be another namespace');
		});
	});
});
