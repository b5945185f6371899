import { expect } from 'chai';
import { asHelmApplies, type Compared, differs, driftIn, objectsIn } from '../../src/drivers/helm/drift.ts';
import type { KubernetesObject } from '../../src/drivers/helm/library-namespaces.ts';

/** A Deployment as the API server has it. */
function deployment(
	over: {
		replicas?: number;
		image?: string;
		env?: readonly object[];
		metadata?: object;
		labels?: object;
	} = {},
): KubernetesObject {
	const {
		replicas = 1,
		image = 'understory:1',
		env = [{ name: 'LEVEL', value: 'info' }],
		labels = {},
	} = over;
	return {
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: { name: 'home-1', namespace: 'homes', ...over.metadata },
		spec: {
			replicas,
			template: { metadata: { labels }, spec: { containers: [{ name: 'home', image, env }] } },
		},
	};
}

const object = (kind: string, name = 'home-1', metadata: object = {}): KubernetesObject => ({
	apiVersion: 'v1',
	kind,
	metadata: { name, ...metadata },
});
const compared = (live: KubernetesObject | null, wanted: KubernetesObject): Compared => ({
	applied: wanted,
	live,
	wanted: live && wanted,
});
const sentence = (...all: Compared[]) => driftIn(all)?.sentence ?? null;

describe('what somebody changed about a home', () => {
	it('is nothing when the API server’s own marks are all that differs', () => {
		const marks = { resourceVersion: '7', generation: 3, uid: 'a', managedFields: [{ manager: 'kubectl' }] };
		const live = { ...deployment({ metadata: marks }), status: { readyReplicas: 1 } };
		expect(sentence(compared(live, deployment()))).to.equal(null);
	});

	it('is named by its place, and never by its value', () => {
		const env = [
			{ name: 'LEVEL', value: 'sentinel-one' },
			{ name: 'TOKEN', value: 'sentinel-two' },
		];
		const live = deployment({ replicas: 0, image: 'sentinel-image', env });
		const said = sentence(compared(live, deployment({ env: [{ name: 'LEVEL', value: 'info' }, env[1]!] })));
		expect(said).to.equal(
			'Somebody changed what this home is made of: of its Deployment: the number of pods, the image, the variable LEVEL.',
		);
	});

	it('is found wherever it stands in a list, by the names in it', () => {
		const [a, b] = [
			{ name: 'A', value: '1' },
			{ name: 'B', value: '2' },
		];
		expect(sentence(compared(deployment({ env: [b, a] }), deployment({ env: [a, b] })))).to.equal(null);
		expect(sentence(compared(deployment({ env: [a] }), deployment({ env: [a, b] })))).to.include(
			'the variable B',
		);
	});

	it('is not listed for ever', () => {
		const labels = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`label-${at}`, 'x']));
		expect(sentence(compared(deployment(), deployment({ labels })))).to.match(/label-3, 5 more\.$/);
	});

	it('says which of several objects it is', () => {
		const said = sentence(
			compared(null, object('ConfigMap', 'home-1-authorities')),
			compared(null, object('ConfigMap', 'home-1-litestream')),
			compared(null, object('Service')),
		);
		expect(said).to.equal(
			'Somebody changed what this home is made of: its ConfigMap home-1-authorities is not there; its ConfigMap home-1-litestream is not there; its Service is not there.',
		);
	});

	it('cuts people off when it is about the way in, or about who may use it', () => {
		for (const kind of ['Service', 'HTTPRoute', 'Ingress', 'NetworkPolicy'])
			expect(driftIn([compared(null, object(kind))])?.cutsOff, kind).to.equal(true);
		for (const kind of ['PodDisruptionBudget', 'ServiceAccount', 'ConfigMap'])
			expect(driftIn([compared(null, object(kind))])?.cutsOff, kind).to.equal(false);
	});

	it('is of a volume only that it is gone or about to go: it may be larger than it was', () => {
		const claim = object('PersistentVolumeClaim');
		const live = (metadata: object) => ({ ...object('PersistentVolumeClaim', 'home-1', metadata), spec: {} });
		const as = (seen: KubernetesObject | null): Compared => ({ applied: claim, live: seen, wanted: null });
		expect(differs(as(live({})))).to.equal(false);
		expect(sentence(as(null))).to.include('its PersistentVolumeClaim is not there');
		expect(sentence(as(live({ deletionTimestamp: '2026-03-02T12:00:00Z' })))).to.include(
			'about to be deleted',
		);
	});

	it('is held against what Helm applied: with its marks, and without the empty parts of its manifest', () => {
		const manifest = '---\n# Source: a.yaml\n---\n# Source: b.yaml\napiVersion: v1\nkind: Service\n---\n';
		expect(objectsIn(manifest)).to.have.length(1);
		const applied = asHelmApplies(object('Service', 'home-1', { annotations: { mine: 'yes' } }), {
			release: 'home-1',
			namespace: 'homes',
		});
		expect(applied.metadata).to.deep.equal({
			name: 'home-1',
			namespace: 'homes',
			annotations: {
				mine: 'yes',
				'meta.helm.sh/release-name': 'home-1',
				'meta.helm.sh/release-namespace': 'homes',
			},
		});
	});
});
