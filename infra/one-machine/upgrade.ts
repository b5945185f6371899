/**
 * Upgrades one machine to a version in a folder beside the one that runs, and takes that back by itself when it does not come up:
 * `node infra/one-machine/upgrade.ts --to /opt/understory-2`, as root. Ends with 0 when the new version serves, with 1 when the old one does,
 * with 2 when nothing was begun. Run again after it was broken off, it takes back what was under way; with `--carry-on` it does that alone, as the machine
 * does by itself when it starts.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BadInput, PublicError } from '@understory/core/errors.ts';
import { administratorBy } from './upgrade/databases.ts';
import { readJournal } from './upgrade/journal.ts';
import { type Ended, upgradeMachine } from './upgrade/upgrade.ts';

const LAST_WORDS: Readonly<Record<Ended, string>> = {
	upgraded: 'Upgraded.',
	'taken back': 'Taken back: the version that was there serves, with all it had.',
	nothing: 'No upgrade is under way.',
};
const { values } = parseArgs({
	options: {
		to: { type: 'string', default: '' },
		'carry-on': { type: 'boolean', default: false },
		installed: { type: 'string', default: '/opt/understory' },
		settings: { type: 'string', default: '/etc/understory' },
		state: { type: 'string', default: '/var/lib/understory' },
		keep: { type: 'string', default: '/var/lib/understory-upgrade' },
		run: { type: 'string', default: '/run/understory-upgrade' },
		psql: { type: 'string', default: 'runuser -u postgres -- psql' },
		'patience-seconds': { type: 'string', default: '300' },
		'free-gib': { type: 'string', default: '2' },
	},
});

try {
	const number = (name: 'patience-seconds' | 'free-gib') => {
		if (!/^[1-9]\d{0,3}$/.test(values[name]))
			throw new BadInput(`--${name} is "${values[name]}". Write a number from 1 to 9999.`);
		return Number(values[name]);
	};
	if (values.to === '' && !values['carry-on'])
		throw new BadInput('Say --to with the folder of the version that is to run.');
	const ended = await upgradeMachine(
		{
			etc: resolve(values.settings),
			state: resolve(values.state),
			installed: resolve(values.installed),
			keep: resolve(values.keep),
			run: resolve(values.run),
			administrator: administratorBy(values.psql.split(' ').filter(Boolean)),
			patienceMs: number('patience-seconds') * 1_000,
			freeBytes: number('free-gib') * 2 ** 30,
			say: (step) => console.log(step),
		},
		values['carry-on'] ? null : resolve(values.to),
	);
	console.log(LAST_WORDS[ended]);
	process.exitCode = ended === 'taken back' ? 1 : 0;
} catch (error) {
	if (!(error instanceof PublicError)) throw error;
	console.error(error.message);
	if (readJournal(resolve(values.keep)))
		console.error(
			'An upgrade is under way still. Run the same command again: it takes it back or finishes it.',
		);
	process.exitCode = error instanceof BadInput ? 2 : 1;
}
