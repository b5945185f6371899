import { expect } from 'chai';
import { EXAMPLES, renderExample } from './fixtures/examples.ts';
import { mayReach, namespacesIn, openRules, rangesIn } from './fixtures/reach.ts';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

/** Addresses that lead to something inside: of clouds, clusters, offices, the machine itself. */
const INSIDE = [
	...['169.254.169.254', '10.0.0.1', '10.96.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
	...['127.0.0.1', '0.0.0.0', '100.64.0.1', '192.0.0.8', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
	...[
		'::1',
		'fe80::1',
		'fc00::1',
		'fd00:ec2::254',
		'::ffff:10.0.0.1',
		'64:ff9b::a00:1',
		'ff02::1',
		'2002:a00:1::',
	],
];
const OUTSIDE = ['1.1.1.1', '93.184.215.14', '172.32.0.1', '2606:4700::1111'];

describe('the network of a home', () => {
	const { least, all } = VALUES.home!;
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});
	const policy = (values: object = least) => charts.render('home', values).one('NetworkPolicy');

	it('is closed both ways but for what is named', () => {
		const { spec } = policy();
		expect(spec.policyTypes).to.deep.equal(['Ingress', 'Egress']);
		expect(spec.podSelector.matchLabels).to.deep.equal(
			charts.render('home', least).one('Deployment').spec.selector.matchLabels,
		);
	});

	it('leads to the pods of a gateway at the ports on which they take HTTPS, and at no other', () => {
		const atGateway = (values: object) =>
			policy(values)
				.spec.egress.filter(({ to }: Rendered) => JSON.stringify(to).includes('gateways'))
				.map(({ ports }: Rendered) => ports.map(({ port }: Rendered) => port));
		const { network } = all as { network: object };
		expect(atGateway(all)).to.deep.equal([[443, 8443, 10443]]);
		expect(atGateway({ ...all, network: { ...network, gatewayPorts: [9443] } })).to.deep.equal([[9443]]);
		expect(charts.refusal('home', { ...all, network: { ...network, gatewayPorts: [] } })).to.include(
			'gatewayPorts',
		);
	});

	it('leads by HTTPS to the open world', () => {
		for (const address of OUTSIDE) expect(mayReach(policy(), address, 443), address).to.equal(true);
		for (const port of [22, 25, 80, 5432, 6379])
			expect(mayReach(policy(), '1.1.1.1', port), `${port}`).to.equal(false);
	});

	it('leads to nothing that can only be reached from inside', () => {
		for (const address of INSIDE) expect(mayReach(policy(), address, 443), address).to.equal(false);
	});

	it('leads to a private place that is named, and to its neighbor not', () => {
		expect(mayReach(policy(all), '10.1.2.3', 9000)).to.equal(true);
		expect(mayReach(policy(all), '10.1.2.3', 443)).to.equal(false);
		expect(mayReach(policy(all), '10.1.2.4', 9000)).to.equal(false);
	});

	it('leads to a platform in another cluster, at its port, and lets it in', () => {
		expect(mayReach(policy(all), '10.200.3.4', 8080)).to.equal(true);
		expect(mayReach(policy(all), '10.200.3.4', 443)).to.equal(false);
		expect(mayReach(policy(all), '10.201.3.4', 8080)).to.equal(false);
		expect(rangesIn(policy(all))).to.deep.equal(['10.200.0.0/16']);
		expect(rangesIn(policy())).to.deep.equal([]);
		const platform = { url: 'https://provisioner.example', ranges: ['10.200.0.0/16'] };
		expect(mayReach(policy({ ...least, platform }), '10.200.3.4', 443)).to.equal(true);
		expect(mayReach(policy({ ...least, platform }), '10.200.3.4', 8080)).to.equal(false);
	});

	it('leads to the edge where that is said by its address, at its port; by name it is the gateway’s pods', () => {
		const at = (edge: string) =>
			policy({ ...least, platform: { ...(least as Rendered).platform, domain: 'social.example', edge } });
		expect(mayReach(at('10.3.2.1:8443'), '10.3.2.1', 8443)).to.equal(true);
		expect(mayReach(at('10.3.2.1:8443'), '10.3.2.1', 443)).to.equal(false);
		expect(mayReach(at('10.3.2.1:8443'), '10.3.2.2', 8443)).to.equal(false);
		expect(at('gateway.gateways:443').spec).to.deep.equal(policy().spec);
	});

	it('leads to a DNS on the nodes that is named, for names and nothing else', () => {
		const named = policy({ ...least, network: { dnsRanges: ['169.254.20.10/32'] } });
		expect(mayReach(named, '169.254.20.10', 53)).to.equal(true);
		expect(mayReach(named, '169.254.20.10', 443)).to.equal(false);
		expect(mayReach(policy(), '169.254.20.10', 53)).to.equal(false);
	});

	it('lets in the gateway and the platform, on one port', () => {
		expect(namespacesIn(policy(all))).to.have.members(['understory', 'gateways']);
		expect(namespacesIn(policy())).to.deep.equal(['homes']);
		for (const { ports } of policy(all).spec.ingress)
			expect(ports).to.deep.equal([{ protocol: 'TCP', port: 'http' }]);
	});

	it('is open when the operator closes it another way', () => {
		expect(charts.render('home', { ...least, network: { closed: false } }).of('NetworkPolicy')).to.deep.equal(
			[],
		);
	});
});

/** Of each chart, whatever is said to it, it is in `matrix.test.ts`. */
describe('every rule of every network', () => {
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});
	for (const example of Object.keys(EXAMPLES)) {
		it(`names whom and at which port: of the example ${example}, and of a home there`, () => {
			const { platform, home } = renderExample(charts, example);
			expect(openRules([...platform.objects, ...home.objects])).to.deep.equal([]);
			expect(home.one('NetworkPolicy').spec.egress).to.have.length.greaterThan(2);
		});
	}

	it('is found when it is open, so that none that is found means something', () => {
		const [policy] = structuredClone(charts.render('home', VALUES.home!.all).of('NetworkPolicy'));
		const wrong = [
			{ to: policy.spec.egress[0].to },
			{ ports: [{ port: 443 }] },
			{ to: [{}], ports: [{ port: 1 }] },
			{ to: [{ namespaceSelector: {} }], ports: [{ port: 1 }] },
		];
		for (const rule of wrong) {
			policy.spec.egress = [rule];
			expect(openRules([policy])).to.have.length(1);
		}
	});
});

describe('the quota of a home', () => {
	const { least } = VALUES.home!;
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});

	it('is there by value, forbids addresses from outside, and never blocks a pod that asks for nothing', () => {
		expect(charts.render('home', least).of('ResourceQuota')).to.deep.equal([]);
		const limited = charts.render('home', { ...least, quota: { enabled: true } });
		expect(limited.one('ResourceQuota').spec.hard).to.include({
			'services.loadbalancers': '0',
			'services.nodeports': '0',
			pods: '4',
		});
		const [limits] = limited.one('LimitRange').spec.limits;
		expect(limits.defaultRequest).to.have.all.keys('cpu', 'memory');
		expect(limits.default).to.have.all.keys('memory');
	});
});
