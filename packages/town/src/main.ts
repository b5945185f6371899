import { flushCompileCache } from 'node:module';
import { readEnvironment } from '@understory/config/environment.ts';
import { helpText } from '@understory/config/settings.ts';
import { readTown } from '@understory/config/town.ts';
import { PublicError } from '@understory/core/errors.ts';
import { createTown, type Town } from './town.ts';
import type { TownFile } from './town-file.ts';

let isUp = false;
const reading = readTown(process.argv.slice(2), readEnvironment());
if (!reading.ok) {
	for (const fault of reading.error) console.error(fault);
	process.exitCode = 1;
} else if (reading.value === 'help') {
	console.log(helpText());
} else {
	const { config, secrets } = reading.value;
	// Heard from the beginning: whoever reads that the town is up may ask it to stop in the same moment.
	const asked = stopAsked();
	try {
		const started = performance.now();
		const town = await createTown({ ...config, databaseUrl: secrets.databaseUrl });
		isUp = true;
		greet(town.file, config.data, performance.now() - started);
		// What was compiled is kept for the next start now: this process may be killed.
		flushCompileCache();
		void asked.then(() => stop(town));
	} catch (error) {
		console.error(error instanceof PublicError ? error.message : error);
		if (error instanceof PublicError && error.detail) console.error(error.detail);
		process.exitCode = 1;
	}
}

function greet(file: TownFile, data: string, milliseconds: number): void {
	const lines = [
		`The town is up after ${(milliseconds / 1000).toFixed(1)} seconds. Its data is in ${data}.`,
		'',
		`  console         ${file.console}   (token in ${data}/town.json)`,
	];
	for (const library of file.libraries) {
		const open = library.branches.filter((branch) => branch.stage === 'open');
		lines.push('', `${library.name}: ${library.branches.length} branches, ${open.length} open`);
		for (const branch of open) lines.push(`  ${branch.name.padEnd(15)} ${branch.url}`);
		lines.push(`  sign-in         ${library.signIn}`, `  accountability  ${library.accountability}`);
		const card = library.demoCards.find(
			(candidate) => candidate.role === 'patron' && candidate.state === 'good',
		);
		if (card) lines.push(`  a demo card     ${card.card}, PIN ${card.pin}`);
	}
	lines.push('', 'Stop with Ctrl+C.');
	console.log(lines.join('\n'));
}

/** Resolves with the first signal that asks to stop; a second one before the town is up breaks the start off. */
function stopAsked(): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	let times = 0;
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			times += 1;
			if (times === 1) resolve();
			else if (!isUp) process.exit(1);
		});
	}
	return promise;
}

function stop(town: Town): void {
	console.log('Closing the doors.');
	town.close().then(
		() => process.exit(0),
		(error: unknown) => {
			console.error(error);
			process.exit(1);
		},
	);
}
