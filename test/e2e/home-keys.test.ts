import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '@understory/cli/exit-code.ts';
import { contentsOf, sealHomeKeys } from '@understory/core/home-keys.ts';
import { readBoxKey } from '@understory/core/sealed-box.ts';
import { exportKey, generateKey } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import {
	ADMIN_TOKEN,
	BRANCH,
	LIBRARY,
	type Platform,
	startPlatform,
} from '../../packages/provisioner/test/fixtures/platform.ts';
import type { TestHome } from '../../packages/provisioner/test/fixtures/test-home.ts';
import { runAsOperator } from './operator-command.ts';

const HOME_KEY = Buffer.alloc(32, 5).toString('base64');

describe('the keys of homes by the command', () => {
	let platform: Platform;
	let folder: string;
	const at = (...names: string[]) => join(folder, ...names);

	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-home-keys-'));
		platform = await startPlatform({ branchesInHome: 1 });
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of ['belmont', 'holgate'])
			await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: { ...BRANCH, slug } });
		await platform.settle();
	});
	after(async () => {
		await platform?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	const run = (words: readonly string[], token = ADMIN_TOKEN) =>
		runAsOperator(words, { url: platform.url, token, wait: async () => undefined });
	const bringBack = (name: string, to: string, recovery = 'recovery') =>
		run(['home', 'keys', name, '--recovery-key', at(recovery), '--to', at(to)]);

	async function deposit(by: TestHome | 'home-1', roleKey?: string): Promise<void> {
		const home = by === 'home-1' ? platform.home : by;
		const { database } = platform.provisioner().context;
		const role = await database('role').where({ key_id: home.key.id }).first('id', 'name');
		const keys = { home_key: HOME_KEY, role_key: roleKey ?? exportKey(home.key) };
		const { publicKey } = readBoxKey(readFileSync(at('recovery'), 'utf8'));
		const sealed = sealHomeKeys(publicKey, {
			...{ type: 'understory/home-keys/v1', home: role.name, day: '2026-11-28' },
			...keys,
		});
		const document = {
			...{ type: 'understory/key-deposit/v1', home: role.id, issued: platform.clock.now() },
			...{ ...sealed, contents: contentsOf(keys) },
		};
		const answered = await platform.outgoing.request({
			url: `${platform.url}/internal/v1/home-keys`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(signDocument(document, home.key)),
		});
		expect(answered.status).to.equal(204);
	}

	it('a recovery key is made once, for its owner alone, and its public half is shown as often as somebody asks', async () => {
		const made = await run(['recovery-key', 'make', at('recovery')]);
		expect(made.code, made.said).to.equal(EXIT.done);
		expect(made.out).to.match(/^id +[0-9a-f]{16}\npublic key +[\w-]{43}\n$/);
		expect(statSync(at('recovery')).mode & 0o777).to.equal(0o600);
		expect((await run(['recovery-key', 'show', at('recovery')])).out).to.equal(made.out);
		const again = await run(['recovery-key', 'make', at('recovery')]);
		expect([again.code, again.out]).to.deep.equal([EXIT.refused, '']);
		expect((await run(['recovery-key', 'show', at('recovery')])).out).to.equal(made.out);
		writeFileSync(at('no-key'), 'the text of a letter');
		const none = await run(['recovery-key', 'show', at('no-key')]);
		expect(none.said).to.contain('holds no recovery key').and.not.contain('letter');
	});

	it('the list says of each home whether its keys are kept, and keys that are not cannot be had', async () => {
		expect((await run(['home', 'list'])).out).to.match(/home-1 +shared +default +1 +no +-\n/);
		const none = await bringBack('home-1', 'none');
		expect(none.code).to.equal(EXIT.refused);
		expect(none.said).to.contain('No keys of a home "home-1" are kept here.');
	});

	it('the keys of a home are opened here and written for their owner alone, and nothing is written over', async () => {
		await deposit('home-1');
		const first = await bringBack('home-1', 'one');
		expect(first.code, first.said).to.equal(EXIT.done);
		expect(readFileSync(at('one', 'home.key'), 'utf8')).to.equal(HOME_KEY);
		expect(readFileSync(at('one', 'role.key'), 'utf8')).to.equal(exportKey(platform.home.key));
		expect(statSync(at('one', 'role.key')).mode & 0o777).to.equal(0o600);
		// Whoever was stopped between the two goes on.
		rmSync(at('one', 'role.key'));
		expect((await bringBack('home-1', 'one')).code).to.equal(EXIT.done);
		writeFileSync(at('one', 'role.key'), 'another');
		rmSync(at('one', 'home.key'));
		const refused = await bringBack('home-1', 'one');
		expect([refused.code, refused.said.includes('nothing is written over it')]).to.deep.equal([
			EXIT.refused,
			true,
		]);
		expect(() => readFileSync(at('one', 'home.key'))).to.throw('ENOENT');
	});

	it('another recovery key opens nothing, and says which one would', async () => {
		await run(['recovery-key', 'make', at('another')]);
		const { said, code } = await bringBack('home-1', 'two', 'another');
		expect(code).to.equal(EXIT.refused);
		expect(said).to.match(/are sealed to the recovery key [0-9a-f]{16}, and this one is [0-9a-f]{16}\./);
	});

	it('what was changed in the database, or put there for another home, is not taken for the keys', async () => {
		const { database } = platform.provisioner().context;
		const [row] = await database('home_keys');
		await database('home_keys').insert({ ...row, home: 'home-2' });
		expect((await bringBack('home-2', 'three')).said).to.contain('was sealed for another home');
		await database('home_keys').where({ home: 'home-2' }).delete();
		await database('home_keys').update({ role_key: generateKey().id });
		expect((await bringBack('home-1', 'three')).said).to.contain('was not given by that home');
		await database('home_keys').update({ role_key: row.role_key, sealed: row.sealed.replace(/.$/, '') });
		expect((await bringBack('home-1', 'three')).code).to.equal(EXIT.refused);
		await database('home_keys').update({ sealed: row.sealed });
		expect((await bringBack('home-1', 'three')).code).to.equal(EXIT.done);
	});

	it('of a home that began anew the keys before are to be had as well', async () => {
		platform.clock.advance(1_000);
		const other = exportKey(generateKey());
		await deposit('home-1', other);
		const words = ['home', 'keys', 'home-1', '--recovery-key', at('recovery'), '--to', at('before')];
		expect((await run([...words, '--before'])).code).to.equal(EXIT.done);
		expect(readFileSync(at('before', 'role.key'), 'utf8')).to.equal(exportKey(platform.home.key));
		platform.clock.advance(1_000);
		await deposit('home-1');
	});

	it('after a cluster was lost those of every home are brought back, and of which there are none is said', async () => {
		const words = ['home', 'keys', '--all', '--recovery-key', at('recovery'), '--to', at('all')];
		const all = await run(words);
		expect([all.code, all.said]).to.deep.equal([
			EXIT.refused,
			`The keys of home-1, sealed on 2026-11-28, are in ${at('all', 'home-1')}.\nThe keys of home-2 are not kept.\n`,
		]);
		expect(readFileSync(at('all', 'home-1', 'home.key'), 'utf8')).to.equal(HOME_KEY);
		const both = await run([...words.slice(0, 2), 'home-1', ...words.slice(2)]);
		expect([both.code, both.said]).to.deep.equal([EXIT.refused, 'Name one home, or say --all.\n']);
	});

	it('whoever is not the platform operator gets none', async () => {
		const body = { name: 'an auditor', role: 'auditor', library: null };
		const { token } = (await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body })).body;
		const words = ['home', 'keys', 'home-1', '--recovery-key', at('recovery'), '--to', at('denied')];
		expect((await run(words, token)).code).to.equal(EXIT.denied);
		expect((await run(['home', 'list'], token)).code).to.equal(EXIT.done);
	});
});
