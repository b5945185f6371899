import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type ControlPlane, startControlPlane } from './bed/control-plane.ts';
import { until } from './bed/processes.ts';
import { bedOrSkip } from './bed/skip.ts';

const run = promisify(execFile);

describe('a control plane without a node', () => {
	let plane: ControlPlane;

	before(async function () {
		plane = await startControlPlane(await bedOrSkip(this));
	});
	after(() => plane?.close());

	it('is the version that the charts are written for', async () => {
		const { text } = await plane.get('/version');
		expect(JSON.parse(text)).to.include({ major: '1', minor: '36', gitVersion: 'v1.36.3' });
	});

	it('lets nobody in without a token', async () => {
		const strange = await plane.get('/api/v1/namespaces');
		expect(strange.status).to.equal(200);
		const { status } = await plane.get('/api/v1/namespaces', 'nobody');
		expect(status).to.equal(401);
	});

	it('hears on loopback only', async () => {
		const { stdout } = await run('ip', ['-brief', 'address']);
		const interfaces = stdout
			.trim()
			.split('\n')
			.map((line) => line.split(/\s+/)[0]);
		expect(interfaces).to.deep.equal(['lo']);
	});

	it('goes on with what was written when its API server is killed and started again', async () => {
		const { apiServer } = plane.processes;
		await apiServer.kill();
		expect(apiServer.alive()).to.equal(false);
		const again = plane.restartApiServer();
		await until('The API server', async () => (await plane.get('/readyz')).status === 200, again);
		expect((await plane.get('/api/v1/namespaces/kube-system')).status).to.equal(200);
	});
});
