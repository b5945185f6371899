import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { readCommand } from '@understory/config/command.ts';
import { readEnvironment } from '@understory/config/environment.ts';
import { BadInput } from '@understory/core/errors.ts';
import { runCommand } from './program.ts';
import { readSecret } from './terminal.ts';

const { stdin, stdout, stderr } = process;

process.exitCode = await runCommand(process.argv.slice(2), {
	config: readCommand(readEnvironment()),
	out: (text) => stdout.write(text),
	say: (text) => stderr.write(text),
	seen: stderr.isTTY === true,
	...(stdout.isTTY && { width: () => stdout.columns }),
	now: () => Date.now(),
	async askSecret(question) {
		if (stdin.isTTY) stderr.write(question);
		const secret = await readSecret(stdin);
		if (stdin.isTTY) stderr.write('\n');
		stdin.destroy();
		return secret;
	},
	stopped: () =>
		new Promise((resolve) => {
			for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
		}),
	async file(path) {
		const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
			throw new BadInput(`${path} cannot be read (${cause.code}).`);
		});
		return handle.createReadStream() as AsyncIterable<Uint8Array>;
	},
	client: (login) => createApiClient({ ...login, send: sendByFetch, randomId: randomUUID, wait }),
});
