import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { expect } from 'chai';
import { atConsole } from '../../provisioner/test/fixtures/console-visitor.ts';
import {
	ADMIN_TOKEN,
	BRANCH,
	LIBRARY,
	type Platform,
	startPlatform,
} from '../../provisioner/test/fixtures/platform.ts';

const DAY_MS = 86_400_000;

describe('who the command is', () => {
	let platform: Platform;
	let folder: string;
	/** What the command that runs has said so far. */
	let lastSaid = '';
	/** What happens while the command waits. */
	let waited: () => Promise<void> = async () => undefined;
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
				lastSaid = said;
			},
			seen: false,
			now: platform.clock.now,
			askSecret: async () => 'a-secret-of-the-provider',
			stopped: () => Promise.resolve(),
			file: () => Promise.reject(new Error('no file is read here')),
			client: (login) =>
				createApiClient({ ...login, send: sendByFetch, randomId: randomUUID, wait: () => waited() }),
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

	describe('logs in by an account of somebody’s own', () => {
		const began = () => /Type this code there: ([A-Z]{4}-[A-Z]{4})/.exec(lastSaid)?.[1] ?? '';
		/** Somebody at the console answers the command that waits. */
		async function answer(how: 'yes' | 'no', token = ADMIN_TOKEN): Promise<number> {
			const visitor = await atConsole(platform, token);
			await visitor.get('/command');
			// As people type it.
			const page = await visitor.post('/command', { code: began().toLowerCase().replace('-', ' ') });
			const id = visitor.hidden('id');
			expect(page.body).to.include('asks to be let in').and.include(hostname());
			return (await visitor.post('/command/answer', { id, answer: how })).status;
		}
		const login = () => run(['login', platform.url, '--account']);
		afterEach(() => {
			waited = async () => undefined;
		});

		it('somebody who is signed in at the console lets it in, and it is them for ten hours at the most', async () => {
			const reader = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
				body: { name: 'Ana', role: 'reader' },
			});
			waited = async () => {
				expect(await answer('yes', reader.body.token)).to.equal(200);
			};
			const done = await login();
			expect(done.code, done.said).to.equal(EXIT.done);
			const own = JSON.parse((await run(['--json', 'token', 'show'])).out) as Record<string, unknown>;
			expect(own).to.deep.include({ role: 'reader', kind: 'session', made_by: 'Ana' });
			expect(own.expires).to.equal(platform.clock.now() + 10 * 3_600_000);
			expect((await run(['token', 'rotate'])).said).to.include('Sign in again');
			platform.clock.advance(10 * 3_600_000);
			expect((await run(['library', 'list'])).code).to.equal(EXIT.denied);
		});

		it('it is out as soon as whoever let it in is', async () => {
			const ana = await platform.api<{ id: string; token: string }>('POST', '/api/v1/tokens', {
				body: { name: 'Ana', role: 'reader' },
			});
			waited = async () => {
				await answer('yes', ana.body.token);
			};
			await login();
			expect((await run(['library', 'list'])).code).to.equal(EXIT.done);
			await platform.api('DELETE', `/api/v1/tokens/${ana.body.id}`);
			expect((await run(['library', 'list'])).code).to.equal(EXIT.denied);
		});

		it('a no, and ten minutes without an answer, are said; nothing is kept', async () => {
			waited = async () => {
				await answer('no');
			};
			const refused = await login();
			expect([refused.code, refused.said.includes('did not let this command in')]).to.deep.equal([
				EXIT.denied,
				true,
			]);
			waited = async () => platform.clock.advance(600_000);
			const late = await login();
			expect([late.code, late.said.includes('Log in anew')]).to.deep.equal([EXIT.refused, true]);
			expect(existsSync(loginFile())).to.equal(false);
		});

		it('the token is there once, for whoever holds the secret; a code counts once and is nobody’s guess', async () => {
			const { body } = await platform.api<{ secret: string; code: string }>(
				'POST',
				'/api/v1/command-logins',
				{
					token: null,
					body: { computer: 'desk\u202E\n1' },
				},
			);
			lastSaid = `Type this code there: ${body.code}`;
			const visitor = await atConsole(platform, ADMIN_TOKEN);
			await visitor.get('/command');
			expect((await visitor.post('/command', { code: 'BBBB-BBBB' })).status).to.equal(422);
			const asked = await visitor.post('/command', { code: body.code });
			expect(asked.body).to.include('A command on “desk1” asks');
			const id = visitor.hidden('id');
			const redeem = (secret: string) =>
				platform.api<{ state: string; token: string | null }>('POST', '/api/v1/command-logins:redeem', {
					token: null,
					body: { secret },
				});
			expect((await redeem(body.secret)).body.state).to.equal('waiting');
			expect((await visitor.post('/command/answer', { id, answer: 'yes' })).status).to.equal(200);
			expect((await visitor.post('/command/answer', { id, answer: 'yes' })).status).to.equal(404);
			expect((await redeem(body.code)).status).to.equal(404);
			const both = await Promise.all([redeem(body.secret), redeem(body.secret)]);
			expect(both.map(({ status }) => status).sort()).to.deep.equal([200, 404]);
			expect((await redeem(body.secret)).status).to.equal(404);
			const kept = await platform.provisioner().context.database('token').select('*');
			const { token } = both.find(({ status }) => status === 200)!.body;
			expect(JSON.stringify(kept)).to.not.include(token);
		});

		it('nobody who is not signed in answers for somebody', async () => {
			const visitor = await atConsole(platform, 'nobody-has-a-token-that-is-like-this');
			const page = await visitor.get('/command');
			expect(page.body).to.include('name="next" value="/command"');
			expect((await visitor.post('/command', { code: 'BBBB-BBBB' })).body).to.include('API token');
		});
	});

	it('every command of the page about it does what the page says', async () => {
		const page = readFileSync(new URL('../../../docs/library-it/staff-sign-in.md', import.meta.url), 'utf8');
		const commands = [...page.matchAll(/^ *npm run understory -- (.+)$/gm)].map(([, words]) => words!);
		expect(commands.length).to.be.greaterThan(5);
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		const operator = { url: platform.url, token: ADMIN_TOKEN };
		waited = async () => {
			const code = /Type this code there: ([A-Z-]+)/.exec(lastSaid)![1]!;
			const visitor = await atConsole(platform, ADMIN_TOKEN);
			await visitor.get('/command');
			await visitor.post('/command', { code });
			await visitor.post('/command/answer', { id: visitor.hidden('id'), answer: 'yes' });
		};
		for (const command of commands) {
			const { body } = await platform.api<{ items: { id: string }[] }>('GET', '/api/v1/console-grants');
			const here = command
				.replace('https://login.library.example', 'http://login.localhost:1')
				.replace('http://localhost:4000', platform.url)
				.replace('GRANT', body.items[0]?.id ?? '');
			const words = [...here.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
			const { code, said } = await run(words, words[0] === 'login' ? {} : operator);
			expect(code, `${command}: ${said}`).to.equal(EXIT.done);
		}
		const { body } = await platform.api<{ items: object[] }>('GET', '/api/v1/console-grants');
		expect(body.items).to.have.length(1);
		expect((await run(['staff', 'let-in', 'x', '--role', 'reader'], operator)).said).to.include(
			'Say one of --email',
		);
	});
});
