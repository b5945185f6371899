import { readEnvironment } from '@understory/config/environment.ts';
import { readRole } from '@understory/config/role.ts';
import { PublicError } from '@understory/core/errors.ts';
import { createLog } from '@understory/http/log.ts';
import { beginRole } from './begin.ts';
import { type RunningRole, runRole } from './run-role.ts';

const reading = readRole(process.argv.slice(2), readEnvironment());
// Whoever read what is written may be gone before this process is.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
if (!reading.ok) {
	for (const fault of reading.error) console.error(fault);
	process.exitCode = 1;
} else {
	const start = reading.value;
	const log = createLog({ level: start.config.logLevel, to: process.stdout, role: start.kind });
	const asked = stopAsked();
	try {
		const { port, address } = start.config;
		const running = await runRole({ port, address, log, begin: () => beginRole(start, log) });
		void asked.then(() => stop(running));
	} catch (error) {
		console.error(error instanceof PublicError ? error.message : error);
		process.exitCode = 1;
	}
}

/** Resolves with the first signal that asks to stop. */
function stopAsked(): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
	return promise;
}

function stop(running: RunningRole): void {
	running.stop().then(
		() => process.exit(0),
		(error: unknown) => {
			console.error(error);
			process.exit(1);
		},
	);
}
