import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readRole } from '@understory/config/role.ts';
import { expect } from 'chai';
import { readUnit, variablesIn } from './units.ts';

const MAKE = fileURLToPath(new URL('../make.ts', import.meta.url));
const run = promisify(execFile);
const ROLES = ['provisioner', 'sso-bridge', 'accountability'] as const;

describe('the settings of one machine', () => {
	let folder: string;
	const etc = () => join(folder, 'understory');
	const make = (...words: string[]) =>
		run(process.execPath, [MAKE, '--folder', etc(), ...words]).then(
			({ stdout }) => ({ code: 0, text: stdout }),
			(error: { code: number; stderr: string }) => ({ code: error.code, text: error.stderr }),
		);
	const unitOf = (role: string) =>
		readUnit(new URL(`../systemd/understory-${role}.service`, import.meta.url));

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-machine-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	for (const role of ROLES) {
		it(`${role} takes what is made for it, and has a credential for every secret that is made and no other`, async () => {
			expect((await make('--domain', 'library.example')).code).to.equal(0);
			const secrets = join(etc(), 'secrets', role);
			const credentials = unitOf(role).get('Service.LoadCredential') ?? [];
			expect(credentials.toSorted()).to.deep.equal(
				readdirSync(secrets)
					.map((name) => `${name}:/etc/understory/secrets/${role}/${name}`)
					.toSorted(),
			);
			const variables = variablesIn(readFileSync(join(etc(), `${role}.env`), 'utf8'));
			const read = readRole([role], { ...variables, UNDERSTORY_SECRETS: secrets, UNDERSTORY_DATA: folder });
			expect(read.ok, JSON.stringify(!read.ok && read.error)).to.equal(true);
		});
	}

	it('secrets are for root alone, and no two of them are the same', async () => {
		await make('--domain', 'library.example');
		const files = readdirSync(etc(), { recursive: true, withFileTypes: true });
		const secrets = files.filter((file) => file.isFile() && !file.name.endsWith('.env'));
		for (const file of secrets) {
			const path = join(file.parentPath, file.name);
			expect(statSync(path).mode & 0o777, path).to.equal(0o600);
		}
		expect(statSync(join(etc(), 'secrets')).mode & 0o777).to.equal(0o700);
		const texts = secrets
			.filter(({ name }) => name !== 'enrolment-token' && name !== 'postgresql.sql')
			.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
		expect(new Set(texts).size).to.equal(texts.length);
	});

	it('what is there is never made anew', async () => {
		await make('--domain', 'library.example');
		const master = readFileSync(join(etc(), 'secrets/sso-bridge/master'), 'utf8');
		const again = await make('--domain', 'other.example');
		expect(again.code).to.equal(1);
		expect(again.text).to.contain('stays as it is');
		expect(readFileSync(join(etc(), 'secrets/sso-bridge/master'), 'utf8')).to.equal(master);
		expect(readFileSync(join(etc(), 'caddy.env'), 'utf8')).to.contain('library.example');
	});

	it('a domain or an address that cannot be one is told, and nothing is made', async () => {
		const told = await make('--domain', 'https://Library.example/', '--postgresql', 'here');
		expect(told.code).to.equal(2);
		expect(told.text)
			.to.contain('--domain is "https://Library.example/"')
			.and.to.contain('--postgresql is "here"');
		expect(readdirSync(folder)).to.deep.equal([]);
	});
});
