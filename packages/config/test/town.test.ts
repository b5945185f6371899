import { resolve } from 'node:path';
import { expect } from 'chai';
import { readTown, type TownConfig } from '../src/town.ts';

type Environment = Record<string, string | undefined>;

function config(words: string[], environment: Environment = {}): TownConfig {
	const reading = readTown(words, environment);
	if (!reading.ok) throw new Error(reading.error.join(' '));
	if (reading.value === 'help') throw new Error('help');
	return reading.value.config;
}

function faults(words: string[], environment: Environment = {}): readonly string[] {
	const reading = readTown(words, environment);
	if (reading.ok) throw new Error('there are no faults');
	return reading.error;
}

/** The public half of a recovery key. */
const KEY = Buffer.alloc(32, 7).toString('base64url');

describe('the settings of a town', () => {
	it('are complete when nothing is said', () => {
		expect(config([])).to.deep.equal({
			port: 4000,
			data: resolve('.town'),
			libraries: ['OR0063'],
			sample: true,
			logLevel: 'warn',
			recoveryKey: null,
			ownDatabase: false,
		});
	});

	it('come from the environment', () => {
		const environment = {
			UNDERSTORY_PORT: '4100',
			UNDERSTORY_DATA: '/srv/town',
			UNDERSTORY_LIBRARY: 'or0063, WA0001 ,OR0063',
			UNDERSTORY_SAMPLE: 'no',
			UNDERSTORY_LOG_LEVEL: 'debug',
			UNDERSTORY_RECOVERY_KEY: KEY,
			UNDERSTORY_DATABASE_URL: 'postgres://admin:secret@db.example:5432/understory',
			PATH: '/usr/bin',
		};
		expect(config([], environment)).to.deep.equal({
			port: 4100,
			data: '/srv/town',
			libraries: ['OR0063', 'WA0001'],
			sample: false,
			logLevel: 'debug',
			recoveryKey: KEY,
			ownDatabase: true,
		});
	});

	it('of the command line win over the environment', () => {
		const environment = { UNDERSTORY_PORT: '4100', UNDERSTORY_LIBRARY: 'WA0001', UNDERSTORY_SAMPLE: 'yes' };
		const words = ['--port', '4200', '--library', 'OR0063', '--library=CA0001', '--no-sample'];
		const read = config(words, environment);
		expect(read).to.deep.include({ port: 4200, libraries: ['OR0063', 'CA0001'], sample: false });
	});

	it('may hold an equals sign, and a list in one option', () => {
		expect(config(['--data=/srv/a=b']).data).to.equal('/srv/a=b');
		expect(config(['--library', 'OR0063,WA0001']).libraries).to.deep.equal(['OR0063', 'WA0001']);
	});

	it('that are set to nothing are not set', () => {
		expect(config([], { UNDERSTORY_PORT: '', UNDERSTORY_DATABASE_URL: '' })).to.deep.equal(config([]));
	});

	it('asking for help is no fault, whatever else is wrong', () => {
		for (const words of [['--help'], ['-h'], ['--nonsense', '--help'], ['--port', 'x', '-h']]) {
			expect(readTown(words, {})).to.deep.equal({ ok: true, value: 'help' });
		}
	});

	it('that are wrong are reported all at once, each in a sentence', () => {
		const found = faults(['--port', 'many', '--colour', '--library', 'Multnomah'], {
			UNDERSTORY_SAMPLE: 'maybe',
			UNDERSTORY_LOG_LEVEL: 'loud',
			UNDERSTORY_DATABASE_URL: 'mysql://admin:hunter22@db.example/x',
			UNDERSTORY_RECOVERY_KEY: '-----BEGIN PRIVATE KEY----- hunter22',
			UNDERSTORY_PROT: '4000',
		});
		expect(found).to.have.length(8);
		for (const sentence of found) expect(sentence).to.match(/\.$/);
		expect(found.join('\n'))
			.to.include('UNDERSTORY_PROT is not a setting')
			.and.include('no option --colour')
			.and.include('The port is "many"')
			.and.include('"MULTNOMAH" is not an FSCS key')
			.and.include('UNDERSTORY_SAMPLE is "maybe"')
			.and.include('UNDERSTORY_LOG_LEVEL is "loud"')
			.and.include('UNDERSTORY_RECOVERY_KEY is not the public half')
			.and.include('UNDERSTORY_DATABASE_URL is not the address');
		expect(found.join('\n'), 'a password is not repeated').not.to.include('hunter22');
	});

	for (const port of ['0', '65536', '-1', '40.5', '4e3', ' 80', '１２', '']) {
		it(`"${port}" is no port`, () => {
			expect(faults([`--port=${port}`])).to.have.length(1);
		});
	}

	it('an option without its value is a fault of its own, and does not eat the next one', () => {
		expect(faults(['--data', '--port', '4100'])).to.deep.equal(['--data needs a folder after it.']);
		expect(faults(['--port'])).to.deep.equal(['--port needs a number after it.']);
	});

	it('a stray word, and no library at all, are faults', () => {
		expect(faults(['start'])).to.have.length(1);
		expect(faults([], { UNDERSTORY_LIBRARY: ' , ' })).to.deep.equal([
			'No library is named. Give an FSCS key such as OR0063.',
		]);
	});

	it('what may be printed holds no secret', () => {
		const reading = readTown([], { UNDERSTORY_DATABASE_URL: 'postgresql://admin:hunter22@db.example/x' });
		if (!reading.ok || reading.value === 'help') throw new Error('not read');
		expect(JSON.stringify(reading.value.config)).not.to.include('hunter22');
		expect(reading.value.secrets.databaseUrl).to.include('hunter22');
	});
});
