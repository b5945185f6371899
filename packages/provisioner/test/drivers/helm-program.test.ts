import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createHelm } from '../../src/drivers/helm/helm-program.ts';

describe('the program helm', () => {
	const folder = mkdtempSync(join(tmpdir(), 'understory-helm-'));
	const program = join(folder, 'helm');
	const helm = createHelm({
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
		expect(await helm.status('home-1')).to.deep.equal({ revision: 4, status: 'deployed' });
	});

	it('that ends with a reason is believed', async () => {
		that('cat > /dev/null; echo "Error: exceeded quota: homes" >&2; exit 1');
		expect((await why())?.code).to.equal('quota_full');
	});
});
