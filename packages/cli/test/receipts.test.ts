import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Receipt } from '@understory/api-client/api.ts';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { generateKey, publicKeyOf } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import {
	ADMIN_TOKEN,
	BRANCH,
	LIBRARY,
	OPENING,
	type Platform,
	startPlatform,
} from '../../provisioner/test/fixtures/platform.ts';
import { MANIFEST } from '../../provisioner/test/fixtures/test-home.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const DAY = 86_400_000;

describe('the receipt of a branch that was deleted, by the command', () => {
	let platform: Platform;
	let folder: string;
	let receipt: Receipt;
	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-receipt-'));
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		for (const body of [OPENING, { kind: 'close' }, { kind: 'back_up' }]) await operate(body);
		await operate({ kind: 'retire', confirm: 'belmont', days: 30 });
	});
	after(async () => {
		await platform.close();
		rmSync(folder, { recursive: true, force: true });
	});

	async function operate(body: object): Promise<void> {
		const begun = await platform.api<{ id: string }>('POST', `${PATH}/operations`, { body });
		expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
		const { id } = (await platform.api<{ id: string }>('GET', PATH)).body;
		for (let looks = 0; looks < 3; looks++) {
			await platform.settle();
			await platform.provisioner().services.look([id]);
		}
		await platform.settle();
	}

	async function run(...words: string[]): Promise<{ code: number; out: string; said: string }> {
		let out = '';
		let said = '';
		const code = await runCommand(words, {
			config: { url: platform.url, token: ADMIN_TOKEN, loginFile: '/nowhere/login.json' },
			out(text: string) {
				out += text;
			},
			say(text: string) {
				said += text;
			},
			seen: false,
			now: () => platform.clock.now(),
			askSecret: async () => '',
			stopped: () => Promise.resolve(),
			file: () => Promise.reject(new Error('no file is sent')),
			client: (login) =>
				createApiClient({ ...login, send: sendByFetch, randomId: randomUUID, wait: async () => {} }),
		});
		return { code, out, said };
	}

	/** Checks what lies in a file, with the key that the reader knows. */
	function verify(text: string, key = platform.platformKey.id) {
		const file = join(folder, 'receipt.json');
		writeFileSync(file, text);
		return run('verify', 'receipt', file, '--key', key);
	}

	it('there is none before the home said that everything is destroyed', async () => {
		const { code, said } = await run('branch', 'receipt', 'multnomah', 'belmont');
		expect(code).to.equal(EXIT.refused);
		expect(said).to.include('has not said that everything of it is destroyed');
	});

	it('says what was there, who ended it and when, and what is left elsewhere', async () => {
		platform.clock.advance(30 * DAY);
		await operate({ kind: 'delete', confirm: 'belmont' });
		const { code, out } = await run('branch', 'receipt', 'multnomah', 'belmont');
		expect(code).to.equal(EXIT.done);
		for (const piece of [
			...['compare the key', platform.platformKey.id, 'by administrator', 'as its home home-1 said'],
			...['2 files, 1234 bytes', MANIFEST, 'copies that somebody put elsewhere'],
		])
			expect(out).to.include(piece);
		const kept = await run('--json', 'branch', 'receipt', 'multnomah', 'belmont');
		receipt = JSON.parse(kept.out) as Receipt;
		expect(receipt.branch.slug).to.equal('belmont');
	});

	it('is checked without the platform, by the key that one knows from elsewhere', async () => {
		const { code, out } = await verify(JSON.stringify(receipt));
		expect(code).to.equal(EXIT.done);
		expect(out).to.match(/^proven +yes$/m);
		const { id: key } = platform.platformKey;
		const named = await run('branch', 'receipt', 'multnomah', 'belmont', '--key', key);
		expect(named.out).to.match(/^proven +yes$/m);
	});

	it('shows nothing of what somebody changed, or signed with another key', async () => {
		const other = generateKey();
		const forged = signDocument({ ...receipt, platform: publicKeyOf(other) }, other);
		for (const [what, changed] of Object.entries({
			'a moment': { ...receipt, destroyed: receipt.destroyed - DAY },
			'a copy left out': { ...receipt, last_copy: null },
			'another key': forged,
			'the key of the platform under a signature of another': { ...forged, platform: receipt.platform },
			'another kind of document': signDocument(
				{ ...receipt, type: 'understory/other/v1' },
				platform.platformKey,
			),
			'no signature': { ...receipt, sig: undefined },
			'a list': [receipt],
		})) {
			const { code, out, said } = await verify(JSON.stringify(changed));
			expect(code, what).to.equal(EXIT.refused);
			expect(said, what).to.match(/^NOT PROVEN\. \S/);
			expect(out, what).to.equal('');
		}
	});

	it('says of a file that is none that it is none', async () => {
		for (const text of ['{', '7', 'null']) {
			const { code, said } = await verify(text);
			expect(code, text).to.equal(EXIT.refused);
			expect(said, text).to.include('is no receipt');
		}
	});
});
