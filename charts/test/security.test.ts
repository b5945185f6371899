import { expect } from 'chai';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { WITH_PODS } from './fixtures/values.ts';

/** Held to by every pod of every chart, with the least and with everything on. */
for (const [chart, { release, least, all }] of Object.entries(WITH_PODS)) {
	for (const [what, values] of Object.entries({ least, all })) {
		describe(`every pod of the chart ${chart} with ${what === 'all' ? 'everything on' : 'the least'}`, () => {
			let charts: Renderer;
			let deployments: Rendered[];
			before(async function () {
				charts = renderer(await toolsOrSkip(this));
				deployments = charts.render(chart, values, release, 'somewhere').of('Deployment');
				expect(deployments.length).to.be.greaterThan(0);
			});
			const pods = (): Rendered[] => deployments.map(({ spec }) => spec.template.spec);
			const containers = (): Rendered[] =>
				pods().flatMap((pod) => [...(pod.initContainers ?? []), ...pod.containers]);

			it('is restricted as Kubernetes means it', () => {
				for (const pod of pods()) {
					expect(pod.securityContext).to.deep.include({
						runAsNonRoot: true,
						seccompProfile: { type: 'RuntimeDefault' },
					});
					expect(pod.securityContext.runAsUser).to.be.greaterThan(0);
					for (const word of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).to.not.have.property(word);
					for (const volume of pod.volumes) expect(volume).to.not.have.property('hostPath');
				}
				for (const { securityContext } of containers())
					expect(securityContext).to.deep.equal({
						allowPrivilegeEscalation: false,
						readOnlyRootFilesystem: true,
						runAsNonRoot: true,
						capabilities: { drop: ['ALL'] },
					});
			});

			it('mounts no token of the cluster, but for the one that runs homes', () => {
				for (const { metadata, spec } of deployments) {
					const mayAsk = metadata.name.endsWith('-provisioner');
					expect(spec.template.spec.automountServiceAccountToken, metadata.name).to.equal(mayAsk);
					expect(spec.template.spec.enableServiceLinks, metadata.name).to.equal(false);
				}
				for (const account of charts.render(chart, values, release, 'somewhere').of('ServiceAccount'))
					expect(account.automountServiceAccountToken).to.equal(false);
			});

			it('says what it needs, with a limit on memory and none on the processor', () => {
				for (const { name, resources } of containers()) {
					expect(resources.requests, name).to.have.all.keys('cpu', 'memory');
					expect(resources.limits, name).to.have.all.keys('memory');
				}
			});

			it('is asked whether it lives and whether it is ready', () => {
				for (const container of containers()) {
					for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
						expect(container, container.name).to.have.property(probe);
						const { port } = container[probe].httpGet;
						const ports = container.ports.map(({ name }: Rendered) => name);
						expect(ports, 'a port by its name').to.include(port);
					}
				}
			});

			it('has more time to end than its work takes to be finished', () => {
				for (const pod of pods()) {
					expect(pod.terminationGracePeriodSeconds).to.equal(45);
					const [{ lifecycle }] = pod.containers;
					expect(lifecycle.preStop.sleep.seconds).to.equal(5);
				}
			});

			it('reads secrets from files that it cannot change', () => {
				for (const pod of pods()) {
					for (const { env, envFrom, volumeMounts } of [...(pod.initContainers ?? []), ...pod.containers]) {
						expect(envFrom).to.equal(undefined);
						for (const variable of env) expect(variable).to.not.have.property('valueFrom');
						for (const { name, readOnly } of volumeMounts)
							if (!['data', 'scratch', 'copies'].includes(name)) expect(readOnly, name).to.equal(true);
					}
					for (const { secret } of pod.volumes) if (secret) expect(secret.defaultMode).to.equal(0o440);
				}
			});

			it('is selected by labels that its chart fixes', () => {
				for (const { metadata, spec } of deployments) {
					expect(Object.keys(spec.selector.matchLabels)).to.deep.equal([
						'app.kubernetes.io/name',
						'app.kubernetes.io/instance',
						'app.kubernetes.io/component',
					]);
					expect(spec.template.metadata.labels).to.deep.include(spec.selector.matchLabels);
					expect(metadata.labels).to.deep.include(spec.selector.matchLabels);
				}
			});

			it('does not turn any of it on by chance: no Secret, no hook and no random value is rendered', () => {
				const { text, objects } = charts.render(chart, values, release, 'somewhere');
				expect(objects.map(({ kind }) => kind)).to.not.include('Secret');
				expect(text).to.not.include('helm.sh/hook');
			});
		});
	}
}
