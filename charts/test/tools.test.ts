import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { HELM_VERSION, KUBECTL_VERSION, readyTools, type Tools } from '../../test/cluster/tools.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';

const run = promisify(execFile);

describe('helm and kubectl', () => {
	let tools: Tools;
	before(async function () {
		tools = await toolsOrSkip(this);
	});

	it('are the versions that the charts are written for', async () => {
		const helm = await run(tools.helm, ['version', '--template={{.Version}}']);
		expect(helm.stdout).to.equal(HELM_VERSION);
		const kubectl = await run(tools.kubectl, ['version', '--client', '-o', 'json']);
		expect(JSON.parse(kubectl.stdout).clientVersion.gitVersion).to.equal(KUBECTL_VERSION);
	});

	it('stand in one place, whoever asks and however many ask at once', async () => {
		expect(await Promise.all([readyTools(), readyTools()])).to.deep.equal([tools, tools]);
	});
});
