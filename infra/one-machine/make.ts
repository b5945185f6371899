/**
 * Makes the settings and secrets of one machine that runs Understory by itself: `node infra/one-machine/make.ts --domain library.example`.
 * What is there stays as it is: secrets that were used once are what the platform is made of.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFaults, settingsFor } from './settings.ts';
import { keepWithoutTypes } from './without-types.ts';

const { values } = parseArgs({
	options: {
		domain: { type: 'string', default: '' },
		postgresql: { type: 'string', default: '127.0.0.1:5432' },
		folder: { type: 'string', default: '/etc/understory' },
	},
});
const { folder, ...machine } = values;
const faults = machineFaults(machine);
if (faults.length > 0) {
	for (const fault of faults) console.error(fault);
	process.exitCode = 2;
} else if (existsSync(folder)) {
	console.error(
		`${folder} is there already and stays as it is: made anew, nothing that this machine signed or sealed could be read any more. To change a setting, edit its file.`,
	);
	process.exitCode = 1;
} else {
	// Made beside its place, so that one that broke off leaves no half.
	const made = `${folder}.new`;
	rmSync(made, { recursive: true, force: true });
	for (const { path, secret, text } of settingsFor(machine)) {
		const file = join(made, path);
		mkdirSync(dirname(file), { recursive: true, mode: path.startsWith('secrets/') ? 0o700 : 0o755 });
		writeFileSync(file, text, { mode: secret ? 0o600 : 0o644, flush: true });
	}
	renameSync(made, folder);
	const why = keepWithoutTypes(fileURLToPath(new URL('../..', import.meta.url)));
	if (why) console.error(why);
	console.log(
		`Made the settings of ${machine.domain} in ${folder}. Keep a copy of ${join(folder, 'secrets')} in a safe place that is not this machine.`,
	);
}
