import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createHelm } from '../../src/drivers/helm/helm-program.ts';

describe('the program helm', () => {
	const folder = mkdtempSync(join(tmpdir(), 'understory-helm-'));
	const program = join(folder, 'helm');
	const helm = createHelm({
		patience: { asked: 500, ended: 300 },
		program,
		kubeconfig: join(folder, 'kubeconfig'),
		namespace: 'homes',
		folder: join(folder, 'own'),
	});
	const that = (does: string) => writeFileSync(program, `#!/bin/sh\n${does}\n`, { mode: 0o755 });
	const why = () =>
		helm.apply('home-1', 'chart', {}).then(
			() => null,
			({ code, message }: { code: string; message: string }) => ({ code, message }),
		);
	after(() => rmSync(folder, { recursive: true, force: true }));

	it('that is killed in the middle has not judged what it was to bring', async () => {
		that('kill -9 $$');
		expect(await why()).to.deep.equal({
			code: 'helm_killed',
			message: 'Helm was ended before it was done, perhaps because memory was short. It is tried again.',
		});
	});

	it('that is killed while it only reads is asked once more', async () => {
		that(`[ -e ${folder}/once ] || { touch ${folder}/once; kill -9 $$; }
echo '{"version":4,"info":{"status":"deployed"},"manifest":""}'`);
		expect(await helm.status('home-1')).to.deep.equal({ revision: 4, status: 'deployed', manifest: '' });
	});

	it('that hangs is asked to end, and has not been killed by somebody: it is not asked the same at once', async () => {
		that(`echo run >> ${folder}/runs; trap 'exit 1' TERM; while :; do sleep 0.05; done`);
		const hung = await helm.status('home-1').catch(({ code }: { code: string }) => code);
		expect(hung).to.equal('helm_hung');
		expect(readFileSync(join(folder, 'runs'), 'utf8')).to.equal('run\n');
	});

	it('that does not listen to that is ended all the same, with whatever it started still writing', async () => {
		that(`trap '' TERM; echo $$ > ${folder}/pid; sleep 3 & while :; do sleep 0.05; done`);
		expect((await why())?.code).to.equal('helm_hung');
		const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
		expect(() => process.kill(pid, 0)).to.throw('ESRCH');
	});

	it('that ends with a reason is believed', async () => {
		that('cat > /dev/null; echo "Error: exceeded quota: homes" >&2; exit 1');
		expect((await why())?.code).to.equal('quota_full');
	});
});
