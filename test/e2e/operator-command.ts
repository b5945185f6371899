import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { runCommand } from '@understory/cli/program.ts';

/** What a run of the command ended with, printed, and said beside that. */
export interface Ran {
	readonly code: number;
	readonly out: string;
	readonly said: string;
}

/** Runs the `understory` command against a console that listens on this machine, as whoever has the token; nobody looks on or is asked. `wait`: what is done instead of waiting. */
export async function runAsOperator(
	words: readonly string[],
	at: { readonly url: string | null; readonly token: string | null; wait(): Promise<void> },
): Promise<Ran> {
	let out = '';
	let said = '';
	const code = await runCommand(words, {
		config: { url: at.url, token: at.token, loginFile: '/nowhere/login.json' },
		out: (text) => {
			out += text;
		},
		say: (text) => {
			said += text;
		},
		seen: false,
		now: Date.now,
		askSecret: async () => '',
		stopped: () => Promise.resolve(),
		file: async (path) => createReadStream(path),
		client: (login) =>
			createApiClient({ ...login, send: sendByFetch, randomId: randomUUID, wait: () => at.wait() }),
	});
	return { code, out, said };
}
