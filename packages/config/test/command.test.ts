import { expect } from 'chai';
import { readCommand } from '../src/command.ts';
import { readTown } from '../src/town.ts';

describe('the settings of the command', () => {
	it('an empty variable counts as none', () => {
		const config = readCommand({ UNDERSTORY_URL: '', UNDERSTORY_TOKEN: '', HOME: '/people/ada' });
		expect(config).to.deep.equal({
			url: null,
			token: null,
			loginFile: '/people/ada/.config/understory/login.json',
		});
	});

	it('a login is kept where the system keeps the settings of a person', () => {
		const { loginFile } = readCommand({ XDG_CONFIG_HOME: '/elsewhere', HOME: '/people/ada' });
		expect(loginFile).to.equal('/elsewhere/understory/login.json');
	});

	it('a town is not confused by what the command is told in the same shell', () => {
		expect(readTown([], { UNDERSTORY_URL: 'https://a.example', UNDERSTORY_TOKEN: 'x' }).ok).to.equal(true);
		expect(readTown([], { UNDERSTORY_TOKENS: 'x' }).ok).to.equal(false);
	});
});
