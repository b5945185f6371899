import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { commandSettingsTable } from '../src/command.ts';
import { readEnvironment } from '../src/environment.ts';
import { helpText, SETTINGS, settingsTable } from '../src/settings.ts';
import { readTown } from '../src/town.ts';

describe('the table of settings', () => {
	it('is what the documentation shows', () => {
		const page = readFileSync(new URL('../../../docs/library-it/settings.md', import.meta.url), 'utf8');
		expect(page).to.include(settingsTable());
		expect(page).to.include(commandSettingsTable());
	});

	it('has a variable for every setting, an option where there is one, and a meaning', () => {
		for (const setting of SETTINGS) {
			expect(setting.name).to.match(/^UNDERSTORY_[A-Z_]+$/);
			expect(setting.meaning).to.match(/\.$/);
			expect(settingsTable()).to.include(`\`${setting.name}\``).and.to.include(setting.meaning);
		}
		expect(settingsTable().trim().split('\n')).to.have.length(SETTINGS.length + 2);
	});

	it('marks the settings that are secrets', () => {
		const secret = settingsTable()
			.split('\n')
			.filter((row) => row.includes('A secret.'));
		expect(secret).to.have.length(1);
		expect(secret[0]).to.include('UNDERSTORY_DATABASE_URL');
	});

	it('help lists every option with what is usual', () => {
		const help = helpText();
		for (const option of ['--port', '--data', '--library', '--no-sample', '--help']) {
			expect(help).to.match(new RegExp(`^  ${option} `, 'm'));
		}
		expect(help).to.include('usually 4000').and.to.include('usually .town');
	});

	it('what is usual in the table is what a town does when nothing is said', () => {
		const usual = Object.fromEntries(SETTINGS.map(({ name, usual }) => [name, usual]));
		const { UNDERSTORY_DATABASE_URL: _embedded, ...sayable } = usual;
		expect(readTown([], sayable)).to.deep.equal(readTown([], {}));
	});

	it('a name is read from the environment of the process', () => {
		const read = readEnvironment();
		expect(read.PATH).to.equal(process.env.PATH);
		expect(read).not.to.equal(process.env);
	});
});
