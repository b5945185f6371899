import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { cannotBeUpgraded, fixedParts } from '../fixed.ts';
import { digestOfChart, mustBeRaised } from '../published.ts';
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

		it('has a version of its own when its chart is another than the one that was published', () => {
			const published = JSON.parse(readFileSync(releaseFile(chart), 'utf8')) as ReleaseBefore;
			const folder = fileURLToPath(new URL(`../${chart}`, import.meta.url));
			const about = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'));
			const now = { version: about.version, digest: digestOfChart(folder) };
			expect(published.digest).to.match(/^[0-9a-f]{64}$/);
			expect(mustBeRaised(chart, published, now)).to.equal(null);
			// What is shared is part of each chart that has it, and goes by the same number.
			for (const { name, version, repository } of about.dependencies) {
				const shared = parse(readFileSync(new URL(`../${name}/Chart.yaml`, import.meta.url), 'utf8'));
				expect([version, shared.version, repository]).to.deep.equal([
					...[about.version, about.version, `file://../${name}`],
				]);
			}
			expect(about.dependencies).to.have.length.greaterThan(0);
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
			expect(
				changed('PersistentVolumeClaim', ({ spec }) => {
					spec.storageClassName = 'other';
				}),
			).to.match(/changes spec\.storageClassName of PersistentVolumeClaim .+ to "other"/);
			const sized = (storage: string) =>
				changed('PersistentVolumeClaim', ({ spec }) => {
					spec.resources.requests.storage = storage;
				});
			expect(sized('1Mi')).to.match(
				/makes PersistentVolumeClaim .+ smaller, from ".+" to "1Mi"\. A volume can grow and never shrink/,
			);
			expect(sized('1Ti'), 'it may grow').to.equal('');
			expect(
				changed('Deployment', (deployment) => {
					const volumes = deployment.spec.template.spec.volumes as Rendered[];
					const claimed = volumes.find(({ persistentVolumeClaim }) => persistentVolumeClaim);
					if (claimed) claimed.persistentVolumeClaim.claimName = 'another';
				}),
			).to.match(
				chart === 'platform' ? /^$/ : /changes the claim of the volume data .+ would begin with another/,
			);
			expect(changed('NetworkPolicy', ({ spec }) => delete spec.egress)).to.equal('');
		});
	});
}

describe('what is fixed', () => {
	it('is the service and the claims of a StatefulSet too, which no chart has yet', () => {
		const set = (spec: object) =>
			fixedParts([{ kind: 'StatefulSet', metadata: { name: 'a' }, spec: { serviceName: 'a', ...spec } }]);
		const claims = [{ metadata: { name: 'data' } }];
		expect(cannotBeUpgraded('x', set({}), set({ serviceName: 'b' })).join()).to.include('spec.serviceName');
		expect(cannotBeUpgraded('x', set({}), set({ volumeClaimTemplates: claims })).join()).to.include(
			'spec.volumeClaimTemplates',
		);
		expect(cannotBeUpgraded('x', set({}), set({ replicas: 2 }))).to.deep.equal([]);
	});
});

describe('the version of a chart', () => {
	const raised = (version: string, digest: string) =>
		mustBeRaised('home', { version: '1.9.0', digest: 'a' }, { version, digest });

	it('is raised, in a sentence, when the chart is not what was published under it', () => {
		expect(raised('1.9.0', 'b')).to.match(
			/^The chart home is not what was published as 1\.9\.0\. Raise the version/,
		);
		expect(raised('1.8.9', 'b')).to.match(/^The chart home is 1\.8\.9, and 1\.9\.0 was published already\./);
	});

	it('stays when nothing changed, and may be any that comes after', () => {
		for (const [version, digest] of [
			['1.9.0', 'a'],
			['1.9.1', 'b'],
			['1.10.0', 'b'],
			['2.0.0', 'a'],
		] as const)
			expect(raised(version, digest), version).to.equal(null);
	});

	it('is of the templates and values of a chart and of what is shared, and not of its README', () => {
		const folder = mkdtempSync(join(tmpdir(), 'understory-chart-'));
		const [chart, elsewhere] = [join(folder, 'chart'), join(folder, 'elsewhere')];
		const write = (file: string, text: string) => {
			mkdirSync(dirname(join(chart, file)), { recursive: true });
			writeFileSync(join(chart, file), text);
		};
		for (const file of ['values.yaml', 'charts/common/templates/_names.tpl']) write(file, 'one');
		mkdirSync(elsewhere);
		writeFileSync(join(elsewhere, 'home.yaml'), 'one');
		symlinkSync(elsewhere, join(chart, 'templates'));
		let last = digestOfChart(chart);
		for (const file of ['README.md', 'Chart.yaml']) write(file, 'more');
		expect(digestOfChart(chart)).to.equal(last);
		for (const file of ['values.yaml', 'templates/home.yaml', 'charts/common/templates/_names.tpl']) {
			write(file, 'other');
			expect(digestOfChart(chart), file).to.not.equal(last);
			last = digestOfChart(chart);
		}
		rmSync(folder, { recursive: true });
	});
});

describe('a branch in a home of its own', () => {
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});

	it('moves from the chart of a home to that of a branch and back by an upgrade, when its volume is no smaller there', () => {
		const fixed = (chart: string, values: object) =>
			fixedParts(charts.render(chart, values, 'belmont', 'somewhere').objects);
		const { least, all } = VALUES.branch!;
		for (const values of [{ ...least, storage: { size: '20Gi' } }, all])
			expect(fixed('branch', values)).to.deep.equal(fixed('home', values));
		const moved = (from: string, to: string) => cannotBeUpgraded(to, fixed(from, least), fixed(to, least));
		expect(moved('branch', 'home')).to.deep.equal([]);
		expect(moved('home', 'branch').join()).to.match(
			/^The chart branch makes .+ smaller, from "20Gi" to "5Gi"/,
		);
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
