import { PublicError } from '@understory/core/errors.ts';
import type { LogFields } from '@understory/core/log.ts';
import { expect } from 'chai';
import type { Cluster } from '../../src/drivers/helm/cluster.ts';
import { type CopiedSecrets, createCopiedSecrets } from '../../src/drivers/helm/copied-secrets.ts';

/** What there is of Secrets, counted; that a real API server answers so is tried in test/cluster/library-namespaces.test.ts. */
interface Kept {
	readonly version: string;
	readonly copiedFrom: string | null;
}
const SHARED = 'homes';

describe('copies of Secrets in the namespaces of libraries', () => {
	let secrets: Map<string, Kept>;
	let closed: Set<string>;
	let asked: string[];
	let said: string[];
	let versions = 0;
	let copied: CopiedSecrets;
	beforeEach(() => {
		[secrets, closed, asked, said] = [new Map(), new Set(), [], []];
		for (const name of ['registry', 'bucket']) put(name);
		copied = start();
	});

	const put = (name: string) =>
		secrets.set(`${SHARED}/${name}`, { version: `v${++versions}`, copiedFrom: null });
	/** What a provisioner that was just started has. */
	function start(): CopiedSecrets {
		return createCopiedSecrets({
			names: ['registry', 'bucket'],
			from: SHARED,
			log: {
				info: () => undefined,
				warn: (event: string, { detail }: LogFields = {}) => said.push(`${event} ${detail}`),
				error: () => undefined,
			},
			connection: {
				in: (namespace) => ({ mayWork: async () => !closed.has(namespace) }) as Cluster,
				async secretSeen(name, namespace) {
					asked.push(`sees ${namespace}/${name}`);
					return secrets.get(`${namespace}/${name}`) ?? null;
				},
				async copySecret(name, { from, to }) {
					asked.push(`copies ${to}/${name}`);
					if (to === 'full') throw new PublicError(502, 'quota_full', 'There is no room left.');
					const original = secrets.get(`${from}/${name}`);
					if (!original) throw new PublicError(502, 'secret_missing', `There is no ${name}.`);
					secrets.set(`${to}/${name}`, { version: `v${++versions}`, copiedFrom: original.version });
					return original.version;
				},
			},
		});
	}
	const copiesMade = () => asked.filter((one) => one.startsWith('copies'));
	const isOfNow = (name: string, namespace: string) =>
		secrets.get(`${namespace}/${name}`)?.copiedFrom === secrets.get(`${SHARED}/${name}`)?.version;
	const begin = async () => {
		for (const namespace of ['a', 'b']) await copied.give(namespace);
		asked.length = 0;
	};

	it('cost one question for each original while nothing changes, however many libraries there are', async () => {
		await begin();
		await copied.renew(['a', 'b']);
		expect(asked).to.deep.equal([`sees ${SHARED}/registry`, `sees ${SHARED}/bucket`]);
		await copied.renew([]);
		expect(asked).to.have.length(2);
	});

	it('are written anew when the original changed, and no other is', async () => {
		await begin();
		put('registry');
		await copied.renew(['a', 'b']);
		expect(copiesMade()).to.deep.equal(['copies a/registry', 'copies b/registry']);
		for (const namespace of ['a', 'b']) expect(isOfNow('registry', namespace)).to.equal(true);
		asked.length = 0;
		await copied.renew(['a', 'b']);
		expect(copiesMade()).to.deep.equal([]);
	});

	it('are looked at once by a provisioner that was started since, and written only where they are of before', async () => {
		await begin();
		put('bucket');
		copied = start();
		await copied.renew(['a', 'b']);
		expect(copiesMade()).to.deep.equal(['copies a/bucket', 'copies b/bucket']);
		asked.length = 0;
		await copied.renew(['a', 'b']);
		expect(asked).to.have.length(2);
	});

	it('stay when the original is gone, which is said once, and again when it goes again', async () => {
		await begin();
		const before = secrets.get('a/registry');
		const gone = () => said.filter((one) => one.startsWith('secret_gone The Secret registry is not in'));
		for (let time = 1; time <= 2; time++) {
			secrets.delete(`${SHARED}/registry`);
			await copied.renew(['a', 'b']);
			await copied.renew(['a', 'b']);
			expect(gone()).to.have.length(time);
			if (time === 1) expect(secrets.get('a/registry')).to.deep.equal(before);
			put('registry');
			await copied.renew(['a', 'b']);
			expect(isOfNow('registry', 'a')).to.equal(true);
		}
		expect(said).to.have.length(2);
	});

	it('are not kept from other libraries by one whose namespace was not made yet, or takes none', async () => {
		await begin();
		closed.add('unmade');
		put('bucket');
		await copied.renew(['unmade', 'full', 'a', 'b']);
		await copied.renew(['unmade', 'full', 'a', 'b']);
		for (const namespace of ['a', 'b']) expect(isOfNow('bucket', namespace), namespace).to.equal(true);
		expect([...secrets.keys()].filter((one) => one.startsWith('unmade'))).to.deep.equal([]);
		expect(said.toSorted()).to.deep.equal([
			'secret_not_copied full/bucket',
			'secret_not_copied full/registry',
		]);
	});

	it('wait for a home of whom nobody put the original there, in a sentence', async () => {
		secrets.delete(`${SHARED}/bucket`);
		const error = await copied.give('a').catch((one: PublicError) => one);
		expect(error).to.include({ code: 'secret_missing' });
	});
});
