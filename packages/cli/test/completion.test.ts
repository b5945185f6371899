import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Shell, shellInTerminal } from './shell-in-terminal.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const PAGE = new URL('../../../docs/library-it/command.md', import.meta.url);
/** Stands in each prompt, and nobody types it. */
const READY = 'your wish: ';

/** The line of the page for a shell that reads it in its own file. */
const LINE = /eval "\$\(understory completion bash\)"/;

/** How each shell is started, and what stands in its own files beside what the page says. */
const SHELLS = {
	bash: {
		command: 'bash -i',
		file: '.bashrc',
		before: `PS1='${READY}'`,
		line: LINE,
	},
	zsh: {
		command: 'zsh -i',
		file: '.zshrc',
		before: `PROMPT='${READY}'\nautoload -U compinit\ncompinit -u`,
		line: LINE,
	},
	fish: {
		command: 'fish -i',
		file: '.config/fish/config.fish',
		before: `function fish_prompt; echo -n '${READY}'; end\nfunction fish_greeting; end`,
		line: null,
	},
} as const;

for (const [name, { command, file, before: own, line }] of Object.entries(SHELLS)) {
	describe(`completion in ${name}, at a terminal`, () => {
		let folder: string;
		let shell: Shell | undefined;

		before(async function () {
			const [there, terminal] = [name, 'script'].map((one) => spawnSync(one, ['--version']).status === 0);
			if (!there || !terminal || process.platform !== 'linux') {
				console.error(
					`\n${there ? 'script of util-linux' : name} is not on this machine. Completion in ${name} is not tried.\n`,
				);
				this.skip();
			}
			folder = mkdtempSync(join(tmpdir(), 'understory-completion-'));
			const put = (path: string, text: string) => {
				mkdirSync(dirname(join(folder, path)), { recursive: true });
				writeFileSync(join(folder, path), text);
			};
			// At the terminal it says with which words it was called; what the shell reads of it is the command's own.
			put(
				'bin/understory',
				`#!/bin/sh\n[ -t 1 ] || exec '${process.execPath}' '${MAIN}' "$@"\nprintf 'called with:'; printf ' <%s>' "$@"; echo\n`,
			);
			chmodSync(join(folder, 'bin/understory'), 0o755);
			const page = readFileSync(PAGE, 'utf8');
			const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder, LANG: 'C.UTF-8' };
			put(file, `${own}\n`);
			if (line) {
				expect(page).to.match(line).and.to.include(`~/${file}`);
				put(file, `${own}\n${line.exec(page)![0].replace('bash', name)}\n`);
			} else {
				const [, where] = /for fish write it to `~\/(\S+)`/.exec(page)!;
				const { stdout } = spawnSync('understory', ['completion', name], { env, encoding: 'utf8' });
				put(where!, stdout);
			}
			shell = shellInTerminal(command, { env, cwd: folder });
			await shell.shown(new RegExp(READY));
		});
		after(async () => {
			await shell?.close();
			// What the shell started may write its last in there yet.
			if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
		});

		/** What the command was called with after these keys and Enter. */
		async function called(keys: string): Promise<string> {
			shell!.type(`${keys}\r`);
			const text = await shell!.shown(new RegExp(`called with: [^]*${READY}`));
			return /called with: ([^\r\n]*)/.exec(text)![1]!;
		}

		it('a tab after the beginning of a word types the rest: commands, commands below them, options, and what an argument may be', async () => {
			expect(await called('understory bra\tsus\tmultnomah belmont --unt\t2027 --dry\t')).to.equal(
				'<branch> <suspend> <multnomah> <belmont> <--until> <2027> <--dry-run>',
			);
			expect(await called('understory comple\tfi\t')).to.equal('<completion> <fish>');
		});

		it('where several words begin alike it types what they share, and adds nothing to a word that none begins with', async () => {
			expect(await called('understory branch ba\ts x')).to.equal('<branch> <backups> <x>');
			expect(await called('understory branch zzz\tx')).to.equal('<branch> <zzzx>');
		});
	});
}
