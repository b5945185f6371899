import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BadInput } from '@understory/core/errors.ts';
import { exportKey, generateKey, importKey, type SigningKey } from '@understory/transparency-log/keys.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { BadNote, parseVkey } from '@understory/transparency-log/note.ts';
import { createWitness } from '@understory/transparency-log/witness.ts';
import type { Command } from 'commander';
import { holdFolder } from '../folder-lock.ts';
import type { Session } from '../parts.ts';
import { witnessServer } from '../witness-server.ts';

interface Given {
	readonly folder: string;
	readonly name: string;
	readonly log: readonly string[];
	readonly port: string;
	readonly bind: string;
}

/** `understory witness`: watches somebody else's log; needs no login. */
export function witnessCommands(program: Command, session: Session): void {
	program
		.command('witness')
		.description('watch the logs of others, and sign that they only ever grow')
		.requiredOption('--folder <folder>', 'where its key and what it saw are kept')
		.requiredOption('--name <name>', 'an address without https://, such as clerk.anytown.example/witness')
		.requiredOption('--log <vkey...>', 'keys of the logs to watch')
		.option('--port <number>', 'where it listens', '8470')
		.option('--bind <address>', 'on which address of this machine', '127.0.0.1')
		.action(async ({ folder, name, log, port, bind }: Given) => {
			if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
				throw new BadInput('--port takes a number up to 65535.');
			const logs = log.map(readLogKey);
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			const release = holdFolder(folder);
			try {
				const witness = createWitness({
					name,
					key: keyIn(join(folder, 'witness.key')),
					logs,
					storage: folderStorage(join(folder, 'logs')),
					now: session.now,
				});
				const server = witnessServer({
					witness,
					failed: (error) => session.say(`${error instanceof Error ? error.message : error}\n`),
				});
				await new Promise<void>((resolve, reject) => {
					server.once('error', reject).listen(Number(port), bind, resolve);
				}).catch((error: NodeJS.ErrnoException) => {
					throw new BadInput(`The witness cannot listen on ${bind}:${port} (${error.code}).`);
				});
				const address = server.address() as AddressInfo;
				session.say(
					`Watching ${logs.map((one) => one.name).join(', ')} on http://${bind}:${address.port}/\n`,
				);
				session.out(`${witness.vkey}\n`);
				await session.stopped();
				server.closeAllConnections();
				await new Promise((resolve) => server.close(resolve));
			} finally {
				release();
			}
		});
}

function readLogKey(vkey: string) {
	try {
		return parseVkey(vkey);
	} catch (error) {
		if (error instanceof BadNote) throw new BadInput(error.message);
		throw error;
	}
}

/** The key in a file for its owner only; made once. */
function keyIn(file: string): SigningKey {
	try {
		return importKey(readFileSync(file, 'utf8'));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
			throw new BadInput(`${file} is not the key of a witness.`);
	}
	const key = generateKey();
	writeFileSync(file, exportKey(key), { mode: 0o600, flag: 'wx', flush: true });
	return key;
}
