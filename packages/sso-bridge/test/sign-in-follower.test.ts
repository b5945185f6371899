import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unavailable } from '@understory/core/errors.ts';
import { type BoxKey, newBoxKey, sealTo } from '@understory/core/sealed-box.ts';
import { type SignInDocument, type SignInReport, signInAbout } from '@understory/core/sign-in-document.ts';
import { mapSecrets } from '@understory/core/sign-in-secrets.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { StoredReport } from '@understory/core/stored.ts';
import { generateKey, publicKeyOf } from '@understory/transparency-log/keys.ts';
import { signDocument, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { createSettingsCheck } from '../src/card/settings.ts';
import { followSignIn, type SignInFollowerParts } from '../src/settings/sign-in-follower.ts';

const LIBRARY = '5a0f4a3e-6f0e-4f0a-9a43-0d8c2f1f9a11';
const SETTINGS: SignInSettings = {
	version: 1,
	state: 'draft',
	connector: {
		kind: 'koha-rest',
		url: 'https://koha.library.example/api/v1',
		client: { id: 'bridge', secret: 'sentinel-secret' },
	},
	canaries: [{ card: '29999000000001', pin: 'sentinel-pin' }],
};

describe('following how a library checks its cards', () => {
	const key = newBoxKey();
	const platformKey = generateKey();
	let folder: string;
	let offered: Map<string, { mark: number; document: SignInDocument }>;
	let reports: SignInReport[];
	let faults: string[];
	let silent: boolean;
	let counts: { library: string; operation: string }[];
	let stored: StoredReport[];
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-sign-in-'));
		offered = new Map();
		reports = [];
		faults = [];
		silent = false;
		counts = [];
		stored = [];
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	function offer(
		settings: SignInSettings,
		more: { test?: number; answered?: number; to?: BoxKey; library?: string } = {},
	): void {
		const { test = 0, answered = 0, to = key, library = LIBRARY } = more;
		const sealed = mapSecrets(settings, (_path, secret) =>
			sealTo(to.publicKey, signInAbout(library), secret),
		);
		const document = {
			type: 'understory/sign-in/v1',
			library,
			settings: sealed,
			test,
			answered,
			issued: 1,
		} as const;
		offered.set(library, { mark: settings.version + test, document: signDocument(document, platformKey) });
	}
	function follow(parts: Partial<SignInFollowerParts> = {}) {
		return followSignIn({
			folder,
			keys: [key],
			log: { info: () => undefined, warn: () => undefined, error: (event) => faults.push(event) },
			faultsOf: createSettingsCheck(),
			platform: {
				async signIns() {
					if (silent) throw new Unavailable('The provisioner does not answer.', 'provisioner');
					return {
						libraries: [...offered].map(([library, { mark }]) => ({ library, mark })),
						counts,
						key_orders: [],
					};
				},
				signIn: async (library) => offered.get(library)!.document,
				isSigned: (document) => verifyDocument(document, [publicKeyOf(platformKey)]),
				report: async (report) => {
					reports.push(report);
				},
				reportStored: async (report) => {
					stored.push(report);
				},
			},
			orderKeys: async () => undefined,
			countStored: async (library) => [{ kind: 'account', count: library === LIBRARY ? 7 : 0 }],
			selfTest: async (_library, settings) => ({
				ok: settings.canaries?.[0]?.pin === 'sentinel-pin',
				steps: [{ step: 'connect', outcome: 'passed', why: null, milliseconds: 3 }],
			}),
			...parts,
		});
	}

	it('opens the secrets in memory, and keeps them sealed on disk', async () => {
		offer(SETTINGS);
		const follower = follow();
		await follower.pull();
		expect(follower.of(LIBRARY)).to.deep.equal(SETTINGS);
		const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
		expect(kept).to.have.length(1);
		expect(kept[0]).to.not.include('sentinel');
	});

	it('comes up with the last good settings while the provisioner is silent', async () => {
		offer(SETTINGS);
		await follow().pull();
		silent = true;
		const again = follow();
		await again.load();
		expect(again.of(LIBRARY)).to.deep.equal(SETTINGS);
		expect(await again.pull().catch((error: unknown) => error)).to.be.instanceOf(Unavailable);
		expect(again.of(LIBRARY)).to.deep.equal(SETTINGS);
	});

	it('a kept file that the platform did not sign is left aside', async () => {
		offer(SETTINGS);
		await follow().pull();
		const stranger = follow({ platform: { isSigned: () => false } as never });
		await stranger.load();
		expect(stranger.of(LIBRARY)).to.equal(null);
	});

	it('answers every asking for a self-test once, with the version it tried', async () => {
		offer(SETTINGS, { test: 1 });
		const follower = follow();
		await follower.pull();
		await follower.pull();
		expect(reports).to.have.length(1);
		expect(reports[0]).to.deep.include({ library: LIBRARY, test: 1, version: 1, ok: true });
		offer({ ...SETTINGS, version: 2 }, { test: 1, answered: 1 });
		await follower.pull();
		expect(reports).to.have.length(1);
		offer({ ...SETTINGS, version: 2 }, { test: 2, answered: 1 });
		await follower.pull();
		expect(reports.map(({ test, version }) => [test, version])).to.deep.equal([
			[1, 1],
			[2, 2],
		]);
	});

	it('a report that did not arrive is told with the next look', async () => {
		offer(SETTINGS, { test: 1 });
		let lost = true;
		const follower = follow();
		const parts = follow({
			platform: {
				signIns: async () => ({
					libraries: [...offered].map(([library, { mark }]) => ({ library, mark })),
					counts: [],
					key_orders: [],
				}),
				signIn: async (library) => offered.get(library)!.document,
				isSigned: () => true,
				reportStored: async () => undefined,
				report: async (report) => {
					if (lost) throw new Unavailable('The provisioner does not answer.', 'provisioner');
					reports.push(report);
				},
			},
		});
		await parts.pull();
		expect(reports).to.deep.equal([]);
		lost = false;
		await parts.pull();
		expect(reports).to.have.length(1);
		expect(follower.of(LIBRARY)).to.equal(null);
	});

	it('settings that only the bridge can tell to be wrong leave the ones before in force, and fail their self-test', async () => {
		offer(SETTINGS);
		const follower = follow();
		await follower.pull();
		offer({ ...SETTINGS, version: 2, card: { pattern: '[0-9' } }, { test: 1 });
		await follower.pull();
		expect(follower.of(LIBRARY)?.version).to.equal(1);
		expect(reports[0]).to.deep.include({ ok: false, version: 2 });
		expect(faults).to.include('sign_in_not_usable');
	});

	it('never goes back to older settings, and one library in trouble does not stop the others', async () => {
		offer({ ...SETTINGS, version: 3 });
		const follower = follow();
		await follower.pull();
		offer({ ...SETTINGS, version: 2 }, { test: 9 });
		const other = '6b0f4a3e-6f0e-4f0a-9a43-0d8c2f1f9a22';
		offer(SETTINGS, { library: other, to: newBoxKey() });
		const third = '7c0f4a3e-6f0e-4f0a-9a43-0d8c2f1f9a33';
		offer(SETTINGS, { library: third });
		await follower.pull();
		expect(follower.of(LIBRARY)?.version).to.equal(3);
		expect(follower.of(other)).to.equal(null);
		expect(follower.of(third)).to.deep.equal(SETTINGS);
		expect(faults).to.include('sign_in_not_taken');
	});

	it('counts what is kept for whoever asked', async () => {
		counts = [{ library: LIBRARY, operation: 'an operation' }];
		await follow().pull();
		expect(stored).to.deep.equal([
			{ library: LIBRARY, operation: 'an operation', lines: [{ kind: 'account', count: 7 }] },
		]);
	});

	it('a count that fails keeps no settings back, and is asked for again', async () => {
		offer(SETTINGS);
		counts = [{ library: LIBRARY, operation: 'an operation' }];
		let away = true;
		const follower = follow({
			countStored: async () => {
				if (away) throw new Error('the database is away');
				return [{ kind: 'account', count: 1 }];
			},
		});
		await follower.pull();
		expect(follower.of(LIBRARY)).to.deep.equal(SETTINGS);
		expect(faults).to.deep.equal(['stored_not_told']);
		away = false;
		await follower.pull();
		expect(stored).to.have.length(1);
	});

	it('what was sealed to the key before is still opened while the secret of the bridge is changed', async () => {
		offer(SETTINGS);
		const follower = follow({ keys: [newBoxKey(), key] });
		await follower.pull();
		expect(follower.of(LIBRARY)).to.deep.equal(SETTINGS);
	});
});
