import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A shell that somebody sits at: what is typed goes to a terminal, not to a pipe. */
export interface Shell {
	type(keys: string): void;
	/** Resolves with what the terminal has shown since something was typed last, when that has these words; rejects when the shell ends before. */
	shown(words: RegExp): Promise<string>;
	close(): Promise<void>;
}

/** Starts a program in a terminal of its own, as `script` of util-linux makes one. */
export function shellInTerminal(
	command: string,
	{ env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
): Shell {
	const words = ['--quiet', '--command', `stty cols 200 rows 50; exec ${command}`, '/dev/null'];
	const child: ChildProcess = spawn('script', words, { env: { ...env, TERM: 'xterm' }, cwd });
	let text = '';
	let over = false;
	let look = () => {};
	const ended = once(child, 'close').then(() => {
		over = true;
		look();
	});
	for (const stream of [child.stdout!, child.stderr!])
		stream.on('data', (chunk: Buffer) => {
			text += chunk.toString();
			look();
		});
	return {
		type(keys) {
			text = '';
			child.stdin!.write(keys);
		},
		shown: (words) =>
			new Promise((resolve, reject) => {
				look = () => {
					if (words.test(text)) resolve(text);
					else if (over) reject(new Error(`the shell ended:\n${text}`));
				};
				look();
			}),
		async close() {
			child.kill('SIGKILL');
			await ended;
		},
	};
}
