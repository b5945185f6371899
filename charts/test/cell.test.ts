import { expect } from 'chai';
import {
	BESIDE_SHARED,
	IN_LIBRARIES,
	inWholeCluster,
} from '../../packages/provisioner/src/drivers/helm/needed-rights.ts';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

describe('a cell on Kubernetes', () => {
	const { least, all } = VALUES.cell!;
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});
	const rendered = (values: object = least) => charts.render('cell', values, 'understory', 'understory');
	const platform = (values: object = VALUES.platform!.least) =>
		charts.render('platform', values, 'understory', 'understory');
	const file = (values: object): Rendered =>
		JSON.parse(rendered(values).one('ConfigMap', 'understory-cell').data['cell.json']);

	it('runs nothing', () => {
		for (const kind of ['Deployment', 'StatefulSet', 'Job', 'Pod', 'CronJob'])
			expect(rendered(all).of(kind)).to.deep.equal([]);
	});

	it('gives the provisioner exactly what it has in its own cluster, object by object', () => {
		const withoutChart = ({ metadata, ...rest }: Rendered) => {
			const { 'helm.sh/chart': _chart, ...labels } = metadata.labels;
			return { ...rest, metadata: { ...metadata, labels } };
		};
		for (const [kind, count] of [
			...(['Role', 'RoleBinding', 'ClusterRoleBinding', 'ValidatingAdmissionPolicy'] as const).map(
				(kind) => [kind, 1] as const,
			),
			...[['ClusterRole', 2] as const, ['ValidatingAdmissionPolicyBinding', 1] as const],
			['Namespace', 1] as const,
		]) {
			const here = rendered().of(kind).map(withoutChart);
			expect(here, kind).to.have.length(count);
			expect(here).to.deep.equal(platform().of(kind).map(withoutChart));
		}
		const account = ({ of }: Rendered) => of('ServiceAccount')[0].metadata.name;
		expect(account(rendered())).to.equal('understory-provisioner');
		const name = platform().one('Deployment', 'understory-provisioner').spec.template.spec.serviceAccountName;
		expect(name).to.equal('understory-provisioner');
		const closed = rendered().one('NetworkPolicy', 'understory-closed');
		expect(closed.metadata.namespace).to.equal('understory-homes');
		expect(closed.spec).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
		expect(rendered().one('ResourceQuota').metadata.namespace).to.equal('understory-homes');
	});

	it('gives each right that a cluster is asked for when it is tried, and no other', () => {
		expect(rendered().one('Role').rules).to.deep.equal(BESIDE_SHARED);
		const { role } = file(least).libraries;
		expect(rendered().one('ClusterRole', role).rules).to.deep.equal(IN_LIBRARIES);
		const everywhere = rendered().one('ClusterRole', 'understory-understory-namespaces').rules;
		expect(everywhere).to.deep.equal(inWholeCluster(role));
	});

	it('has no right in the whole cluster, and tells the provisioner of none, where libraries have no namespaces', () => {
		const alone = { ...least, homes: { libraries: { enabled: false } } };
		const kinds = rendered(alone).objects.map(({ kind }) => kind);
		for (const kind of ['ClusterRole', 'ClusterRoleBinding', 'ValidatingAdmissionPolicy'])
			expect(kinds).to.not.include(kind);
		expect(file(alone)).to.not.have.property('libraries');
	});

	it('tells the provisioner what is others here, in a file that the chart of a home takes', () => {
		const { libraries, ...values } = file(all);
		expect(values).to.deep.equal({
			platform: { ...(all as Rendered).platform, namespace: 'understory' },
			storage: { className: 'fast' },
			network: {
				...(all as Rendered).network,
				dnsNamespace: 'kube-system',
				gatewayPorts: [443, 8443, 10443],
				allow: (all as Rendered).homes.values.network.allow,
			},
		});
		expect(libraries).to.deep.equal({
			prefix: 'library-',
			platform: 'understory',
			role: 'understory-understory-library',
			account: { name: 'understory-provisioner', namespace: 'understory' },
			quota: { pods: 5, cpu: '8', memory: '32Gi', claims: 100, storage: '1Ti' },
		});
		const given = { ...values, image: { repository: 'a', tag: '1' }, secret: { name: 'home-1-enrolment' } };
		expect(charts.render('home', given, 'home-1', 'branches').of('Deployment')).to.have.length(1);
	});

	it('has a Secret for the token of that account, empty and for nobody else, or none', () => {
		const [secret, ...others] = rendered().of('Secret');
		expect(others).to.deep.equal([]);
		expect(secret).to.include({ type: 'kubernetes.io/service-account-token' });
		expect(secret).to.not.have.any.keys('data', 'stringData');
		expect(secret.metadata.annotations).to.deep.equal({
			'kubernetes.io/service-account.name': 'understory-provisioner',
		});
		expect(rendered({ ...least, account: { tokenSecret: false } }).of('Secret')).to.deep.equal([]);
	});

	it('refuses in a sentence homes beside its account, and what is no address of a provisioner', () => {
		expect(charts.refusal('cell', least, 'understory', 'understory-homes')).to.include(
			'homes.namespace must be another namespace',
		);
		const wrong = { platform: { url: 'provisioner' } };
		expect(charts.refusal('cell', wrong, 'understory', 'understory')).to.include('url');
		const mistyped = { ...least, homes: { values: { storge: {} } } };
		expect(charts.refusal('cell', mistyped, 'understory', 'understory')).to.include('storge');
	});
});
