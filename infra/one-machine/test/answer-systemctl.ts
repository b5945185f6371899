import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A `systemctl` that a test answers. */
export interface AnsweredSystemctl {
	/** The folder that has it, for a PATH. */
	readonly bin: string;
	close(): void;
}

/** Makes a `systemctl` below a folder. It waits until `answer` has done what it was asked, and ends with 0 when that is so. */
export async function answerSystemctl(
	folder: string,
	answer: (words: readonly string[]) => Promise<boolean>,
): Promise<AnsweredSystemctl> {
	const server = createServer((request, response) => {
		void text(request)
			.then((asked) => answer(asked.split(' ')))
			.then(
				(done) => response.writeHead(done ? 200 : 409).end(),
				() => response.writeHead(500).end(),
			);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const ask = `fetch("http://127.0.0.1:${port}", { method: "POST", body: process.argv[1] }).then(({ ok }) => process.exit(ok ? 0 : 3))`;
	const bin = join(folder, 'bin');
	mkdirSync(bin, { recursive: true });
	writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\nexec "${process.execPath}" -e '${ask}' "$*"\n`, {
		mode: 0o755,
	});
	return { bin, close: () => server.close() };
}
