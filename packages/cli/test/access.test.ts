import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { expect } from 'chai';
import { ADMIN_TOKEN, type Platform, startPlatform } from '../../provisioner/test/fixtures/platform.ts';

const DAY_MS = 86_400_000;

describe('who the command is', () => {
	let platform: Platform;
	let folder: string;
	before(async () => {
		platform = await startPlatform();
	});
	after(() => platform.close());
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-cli-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const loginFile = () => join(folder, 'understory', 'login.json');
	async function run(words: readonly string[], given: { url?: string; token?: string } = {}) {
		let out = '';
		let said = '';
		const code = await runCommand(words, {
			config: { url: given.url ?? null, token: given.token ?? null, loginFile: loginFile() },
			out: (text) => {
				out += text;
			},
			say: (text) => {
				said += text;
			},
			seen: false,
			now: platform.clock.now,
			askSecret: async () => '',
			stopped: () => Promise.resolve(),
			file: () => Promise.reject(new Error('no file is read here')),
			client: (login) =>
				createApiClient({ ...login, send: sendByFetch, randomId: randomUUID, wait: async () => undefined }),
		});
		return { out, said, code };
	}

	it('a token is made for 90 days, or for as many as are said, and for no more than 366', async () => {
		const operator = { url: platform.url, token: ADMIN_TOKEN };
		const words = ['--json', 'token', 'create', 'nightly report', '--role', 'reader'];
		const usual = JSON.parse((await run(words, operator)).out) as { expires: number };
		expect(usual.expires).to.equal(platform.clock.now() + 90 * DAY_MS);
		expect((await run([...words, '--days', '367'], operator)).code).to.equal(EXIT.refused);
		const lead = await run([...words.slice(0, 4), '--role', 'branch_lead'], operator);
		expect([lead.code, lead.said]).to.deep.equal([
			EXIT.refused,
			'This token cannot be made as it stands.\nlibrary: Name the library it is for.\nbranches: Name the branches it is for.\n',
		]);
	});

	it('a token that ends soon says so; its holder renews it and stays logged in, with the old one a day longer', async () => {
		const { body } = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'ends soon', role: 'reader', expires: platform.clock.now() + DAY_MS },
		});
		const { url } = platform;
		expect((await run(['login', url], { token: body.token })).code).to.equal(EXIT.done);
		const warned = await run(['library', 'list']);
		expect(warned.said).to.match(
			/^Your token ends on \d{4}-\d\d-\d\d\. Before that: understory token rotate\.$/m,
		);
		const rotated = await run(['token', 'rotate']);
		expect(rotated.code, rotated.said).to.equal(EXIT.done);
		expect(readFileSync(loginFile(), 'utf8')).to.not.include(body.token);
		const own = JSON.parse((await run(['--json', 'token', 'show'])).out) as { name: string };
		expect(own.name).to.equal('ends soon');
		expect((await run(['library', 'list'], { url, token: body.token })).code).to.equal(EXIT.done);
		platform.clock.advance(DAY_MS - 1);
		expect((await run(['library', 'list'], { url, token: body.token })).code).to.equal(EXIT.done);
		platform.clock.advance(1);
		expect((await run(['library', 'list'], { url, token: body.token })).code).to.equal(EXIT.denied);
	});
});
