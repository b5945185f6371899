import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type HelmDriverConfig, readCell } from '../src/home-driver.ts';

describe('how a further cell is reached', () => {
	let config: HelmDriverConfig;
	before(() => {
		const cells = mkdtempSync(join(tmpdir(), 'understory-cells-'));
		const values = {
			image: { repository: 'understory', tag: '1' },
			platform: { url: 'http://inside:8080', domain: 'libraries.example' },
			network: { gatewayRanges: ['10.0.0.0/8'] },
		};
		config = {
			kind: 'helm',
			namespace: 'homes',
			libraries: null,
			platformRoutes: null,
			releases: null,
			values,
			helm: 'helm',
			charts: 'charts',
			kubeconfig: null,
			cells,
		};
	});
	after(() => rmSync(config.cells, { recursive: true }));
	const keep = (file: string, text: string) => writeFileSync(join(config.cells, file), text);

	it('without a kubeconfig of its name it is not, and the sentence names the file', () => {
		expect(() => readCell(config, 'east')).to.throw(
			'There is no file cell-east.kubeconfig among the secrets',
		);
	});

	it('has a kubeconfig of its own, and is otherwise as the first', () => {
		keep('cell-east.kubeconfig', '{}');
		const kubeconfig = join(config.cells, 'cell-east.kubeconfig');
		expect(readCell(config, 'east')).to.deep.equal({ ...config, kubeconfig });
	});

	it('what its homes are given instead is laid over what all are given, as Helm lays values over each other', () => {
		const own = {
			platform: { url: 'https://provisioner.example' },
			network: { gatewayRanges: ['172.16.0.0/12'] },
		};
		keep('cell-east.json', JSON.stringify(own));
		expect(readCell(config, 'east').values).to.deep.equal({
			image: { repository: 'understory', tag: '1' },
			platform: { url: 'https://provisioner.example', domain: 'libraries.example' },
			network: { gatewayRanges: ['172.16.0.0/12'] },
		});
		keep('cell-east.json', '[1]');
		expect(() => readCell(config, 'east')).to.throw('holds no JSON object');
	});

	it('has namespaces of libraries only where its own file says them, whatever the first cluster has', () => {
		const first = {
			prefix: 'library-',
			platform: 'understory',
			role: 'understory-library',
			account: { name: 'provisioner', namespace: 'understory' },
			quota: null,
		};
		keep('cell-east.json', JSON.stringify({ cpu: '200m' }));
		expect(readCell({ ...config, libraries: first }, 'east').libraries).to.equal(null);
		const libraries = { ...first, role: 'of-the-east' };
		keep('cell-east.json', JSON.stringify({ cpu: '200m', libraries }));
		const read = readCell({ ...config, libraries: first }, 'east');
		expect(read.libraries).to.deep.equal(libraries);
		expect(read.values).to.include({ cpu: '200m' }).and.not.have.property('libraries');
		for (const wrong of [
			{ ...libraries, role: '' },
			{ ...libraries, account: 'me' },
			{ ...libraries, quota: undefined },
			true,
		]) {
			keep('cell-east.json', JSON.stringify({ libraries: wrong }));
			expect(() => readCell(config, 'east')).to.throw('does not say under "libraries"');
		}
	});
});
