import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Event } from '@understory/api-client/api.ts';
import { createApiClient } from '@understory/api-client/client.ts';
import { type Send, sendByFetch } from '@understory/api-client/send.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { expect } from 'chai';
import {
	ADMIN_TOKEN,
	BRANCH,
	LIBRARY,
	type Platform,
	startPlatform,
} from '../../provisioner/test/fixtures/platform.ts';

const ESCAPE = '\u001b';
const PATH = '/api/v1/libraries/multnomah/branches/belmont';

describe('following branches with the command', () => {
	let platform: Platform;
	let id: string;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		id = (await platform.api<{ id: string }>('GET', PATH)).body.id;
	});
	after(() => platform.close());

	/** Runs the command; `spoke` resolves with its first words, and with each that come later in turn. */
	function run(line: string, given: { send?: Send; width?: number } = {}) {
		let out = '';
		let said = '';
		const waiting: (() => void)[] = [];
		const hear = () => {
			for (const resolve of waiting.splice(0)) resolve();
		};
		const ended = runCommand(line.split(' '), {
			config: { url: platform.url, token: ADMIN_TOKEN, loginFile: '/nowhere/login.json' },
			out(text) {
				out += text;
				hear();
			},
			say(text) {
				said += text;
				hear();
			},
			seen: false,
			...(given.width ? { width: () => given.width! } : {}),
			now: () => platform.clock.now(),
			askSecret: async () => '',
			stopped: () => Promise.resolve(),
			file: () => Promise.reject(new Error('no file is read')),
			client: (login) =>
				createApiClient({
					...login,
					send: given.send ?? sendByFetch,
					randomId: randomUUID,
					wait: async () => undefined,
				}),
		}).then((code) => ({ code, out, said }));
		const spoke = async (words: RegExp) => {
			while (!words.test(out + said)) await new Promise<void>((resolve) => waiting.push(resolve));
		};
		return { ended, spoke };
	}

	/** Somebody wrote down another wish, and nobody has looked yet. */
	const wish = () => platform.provisioner().context.database('branch').where({ id }).increment('generation');
	async function carryOut(): Promise<void> {
		platform.clock.advance(1_000);
		await platform.provisioner().services.look([id]);
		await platform.settle();
	}
	async function report(change: object): Promise<void> {
		platform.clock.advance(1_000);
		await platform.home.report(platform.url, [platform.home.statusOf(id, change)]);
		await platform.settle();
	}

	it('what became of a branch is a table, oldest first, with the generation it was about', async () => {
		const { code, out } = await run('branch events multnomah belmont').ended;
		expect(code).to.equal(EXIT.done);
		expect(out).to.match(/^WHEN +CONDITION +WAS +IS +TIMES +GENERATION +SAYS$/m);
		expect(out).to.match(/Available +\w+ \(\w+\) +True \(Serving\) +1 +1 +The home serves what is wanted\./);
		const times = [...out.matchAll(/^2\S+/gm)].map(([when]) => when);
		expect(times).to.deep.equal(times.toSorted());
		expect((await run('branch events multnomah belmont --limit all').ended).said).to.include(
			'--limit takes a number',
		);
		const shown = await run('branch show multnomah belmont').ended;
		expect(shown.out).to.match(/^carried out +generation 1$/m);
	});

	it('ends at once when everything is carried out already, and says no when somebody is needed', async () => {
		expect(await run('watch multnomah --until ready').ended).to.include({ code: EXIT.done, out: '' });
		await report({ state: 'damaged', message: 'The folder is torn.' });
		const stopped = await run('watch multnomah/belmont --until ready').ended;
		expect(stopped.code).to.equal(EXIT.refused);
		expect(stopped.said).to.include('1 branch: 1 needs you.').and.to.include('Needs you: belmont.');
		await report({});
	});

	it('waits for a newer wish: what was true of the older one does not pass for it', async () => {
		await wish();
		const list = await run('branch list multnomah').ended;
		expect(list.out).to.match(/generation 1, 2 is wanted/);
		const watching = run('watch multnomah/belmont --until ready');
		await watching.spoke(/1 branch: 1 on its way\./);
		await carryOut();
		const { code, out, said } = await watching.ended;
		expect(code, said).to.equal(EXIT.done);
		expect(out).to.match(
			/^\S+ {2}belmont {2}Synced {2}True \(InSync\) -> False \(OutOfSync\)(?: \(\d+ times\))? {2}/m,
		);
		expect(out).to.match(/-> True \(InSync\)(?: \(\d+ times\))? {2}The home serves what is wanted\.$/m);
	});

	it('a lost connection loses no event and doubles none, and is said', async () => {
		const { last } = (await platform.api<{ last: number }>('GET', `${PATH}/events`)).body;
		let asked = 0;
		const losing: Send = async (sent) => {
			const answered = await sendByFetch(sent);
			// Each second answer of events gets lost on the way, also when it is asked for again at once.
			if (/\/events\?.*after=/.test(sent.url) && ++asked % 6 < 4) throw new Error('the line broke');
			return answered;
		};
		await wish();
		const watching = run('--json watch multnomah/belmont --until ready', { send: losing });
		await carryOut();
		const { code, out, said } = await watching.ended;
		expect(code, said).to.equal(EXIT.done);
		expect(said).to.include('It is asked again.');
		const seen = out
			.split('\n')
			.filter(Boolean)
			.map((line) => (JSON.parse(line) as Event).seq);
		const all = (await platform.api<{ items: Event[] }>('GET', `${PATH}/events?after=${last}&limit=200`))
			.body;
		expect(seen.length).to.be.greaterThan(1);
		expect(new Set(seen).size).to.equal(seen.length);
		// What came before the command asked for its number is not news to it.
		expect(seen).to.deep.equal(all.items.map(({ seq }) => seq).slice(-seen.length));
	});

	it('on a terminal a table changes in place, and no line is wider than it', async () => {
		await wish();
		const watching = run('watch multnomah --until ready', { width: 48 });
		await watching.spoke(/on its way/);
		await carryOut();
		const { out } = await watching.ended;
		const [first, ...later] = out.split(new RegExp(`${ESCAPE}\\[\\d+A${ESCAPE}\\[J`));
		expect(first)
			.to.match(/^BRANCH +STANDING +SERVING +GENERATION/)
			.and.to.match(/belmont +on its way +True +\d of \d/);
		expect(later.length).to.be.greaterThan(0);
		expect(later.at(-1))
			.to.match(/belmont +ready/)
			.and.to.include('1 branch: 1 ready.');
		for (const line of [first!, ...later].flatMap((text) => text.split('\n')))
			expect([...line].length).to.be.at.most(48);
	});

	it('what cannot be followed is said in a sentence', async () => {
		expect((await run('watch multnomah --until done').ended).said).to.include('--until takes the word ready');
		expect((await run('watch a/b/c').ended).said).to.include('library/branch');
		expect((await run('watch atlantis').ended).code).to.equal(EXIT.refused);
	});

	describe('completion', () => {
		it('is known for three shells, and another is refused with the words of the command', async () => {
			for (const shell of ['bash', 'zsh', 'fish']) {
				const { code, out } = await run(`completion ${shell}`).ended;
				expect(code).to.equal(EXIT.done);
				for (const word of ['suspend', 'understory']) expect(out).to.include(word);
			}
			expect((await run('completion csh').ended).code).to.equal(EXIT.usage);
		});

		it('in bash: after each command come its commands and options, as its own help has them', async function () {
			if (!existsSync('/bin/bash')) return this.skip();
			const { out: script } = await run('completion bash').ended;
			const after = (line: string) =>
				execFileSync(
					'/bin/bash',
					[
						'-c',
						`${script}\nCOMP_WORDS=(${line} ''); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _understory; printf '%s\\n' "\${COMPREPLY[@]}"`,
					],
					{ encoding: 'utf8' },
				)
					.split('\n')
					.filter(Boolean);
			const wordsOf = (help: string) =>
				[...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+|[a-z][\w-]*)(?= |$)/gm)].map(([, word]) => word!);
			for (const path of ['', 'branch', 'branch suspend', 'upgrade start', 'team']) {
				const { out: help } = await run(`${path} --help`.trim()).ended;
				const commands = help.split(/^Commands:$/m)[1] ?? '';
				const options = /^Options:$(.*?)(?=^Commands:|$(?![\s\S]))/ms.exec(help)?.[1] ?? '';
				const wanted = [...wordsOf(options), ...wordsOf(commands)].filter((word) => word !== 'help');
				expect(wanted.length, path).to.be.greaterThan(1);
				expect(after(`understory ${path}`), path).to.have.members(wanted);
			}
			expect(after('understory branch suspend multnomah belmont')).to.include('--until');
			expect(after('understory completion')).to.include.members(['bash', 'zsh', 'fish']);
			expect(after('understory nonsense')).to.include('branch');
		});
	});
});
