import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { cannotBeUpgraded, fixedParts } from '../fixed.ts';
import { CHARTS } from '../written.ts';
import { type ReleaseBefore, releaseFile } from './fixtures/releases.ts';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES, WITH_PODS } from './fixtures/values.ts';

for (const chart of Object.keys(CHARTS)) {
	describe(`a release of the chart ${chart}`, () => {
		const { least, release } = VALUES[chart]!;
		let charts: Renderer;
		before(async function () {
			charts = renderer(await toolsOrSkip(this));
		});
		const fixed = (values: object) => fixedParts(charts.render(chart, values, release, 'somewhere').objects);

		it('can be upgraded from the version before', () => {
			const { renders } = JSON.parse(readFileSync(releaseFile(chart), 'utf8')) as ReleaseBefore;
			expect(renders).to.have.length(2);
			for (const { values, fixed: before } of renders) {
				expect(Object.keys(before).length).to.be.greaterThan(2);
				expect(cannotBeUpgraded(chart, before, fixed(values))).to.deep.equal([]);
			}
		});

		if (!(chart in WITH_PODS)) return;

		it('keeps what is fixed when only values are changed that may be changed', () => {
			const one = fixed(least);
			const grown = {
				...least,
				logLevel: 'debug',
				labels: { 'understory/a': 'b' },
				progressDeadlineSeconds: 60,
			};
			expect(cannotBeUpgraded(chart, one, fixed(grown))).to.deep.equal([]);
		});

		it('is refused in a sentence when a chart changes what cannot be changed', () => {
			const objects = charts.render(chart, least, release, 'somewhere').objects;
			const changed = (kind: string, change: (object: Rendered) => void) => {
				const copy = structuredClone(objects) as Rendered[];
				change(copy.find((object) => object.kind === kind));
				return cannotBeUpgraded(chart, fixedParts(objects), fixedParts(copy)).join('\n');
			};
			expect(
				changed('Deployment', ({ spec }) => {
					spec.selector.matchLabels['app.kubernetes.io/component'] = 'other';
				}),
			).to.match(/changes spec\.selector of Deployment .+ Kubernetes does not let that be changed/);
			expect(
				changed('Service', ({ spec }) => {
					delete spec.clusterIP;
				}),
			).to.match(/changes spec\.clusterIP of Service .+ from "None" to null/);
			expect(
				changed('PersistentVolumeClaim', ({ spec }) => {
					spec.accessModes = ['ReadWriteMany'];
				}),
			).to.include('changes spec.accessModes of PersistentVolumeClaim');
			expect(
				changed('PersistentVolumeClaim', ({ metadata }) => {
					metadata.name = 'renamed';
				}),
			).to.include('which holds what people wrote');
			expect(changed('NetworkPolicy', ({ spec }) => delete spec.egress)).to.equal('');
		});
	});
}

describe('a branch in a home of its own', () => {
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});

	it('moves from the chart of a home to that of a branch and back by an upgrade', () => {
		for (const values of [VALUES.branch!.least, VALUES.branch!.all]) {
			const [home, branch] = ['home', 'branch'].map((chart) =>
				fixedParts(charts.render(chart, values, 'belmont', 'somewhere').objects),
			);
			expect(branch).to.deep.equal(home);
		}
	});

	it('has the measures of one branch, and everything else of a home', () => {
		const [home, branch] = ['home', 'branch'].map((chart) =>
			charts.render(chart, VALUES.branch!.least, 'belmont', 'somewhere'),
		) as [Rendered, Rendered];
		const size = (of: Rendered) => of.one('PersistentVolumeClaim').spec.resources.requests.storage;
		expect([size(home), size(branch)]).to.deep.equal(['20Gi', '5Gi']);
		expect(branch.objects.map(({ kind }: Rendered) => kind)).to.deep.equal(
			home.objects.map(({ kind }: Rendered) => kind),
		);
		const container = (of: Rendered) => of.one('Deployment').spec.template.spec.containers[0];
		expect(container(branch).securityContext).to.deep.equal(container(home).securityContext);
		expect(container(branch).resources.limits.memory).to.equal('512Mi');
	});

	it('has one name', () => {
		const route = { kind: 'gateway', gateway: { name: 'public' }, hosts: ['a.l.example', 'b.l.example'] };
		expect(charts.refusal('branch', { ...VALUES.branch!.least, route })).to.include('hosts');
	});
});
