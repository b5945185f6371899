import { execFileSync, spawnSync } from 'node:child_process';
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { NOTE } from '../carry/note.ts';
import { keepWithoutTypes } from '../without-types.ts';
import { readUnit } from './units.ts';

const FOLDER = fileURLToPath(new URL('../systemd/', import.meta.url));
const UNITS = ['provisioner', 'sso-bridge', 'accountability'].map((role) => `understory-${role}.service`);
const COPIER = 'understory-litestream.service';
/** That the platform has not left this machine. */
const LEFT = `!/etc/understory/${NOTE}`;
/** How exposed systemd may find a unit, from 0 to 10. What V8 and a web server need leaves a rest. */
const MOST_EXPOSED = 2;

describe('the units of one machine', () => {
	it('a role sees no secret of another, writes to its own folder alone, and leaves no core dump', () => {
		for (const name of UNITS) {
			const role = /^understory-(.*)\.service$/.exec(name)![1]!;
			const unit = readUnit(join(FOLDER, name));
			const one = (key: string) => unit.get(`Service.${key}`)?.join(' ');
			expect(one('User'), name).to.equal(`understory-${role}`);
			expect(one('StateDirectory'), name).to.equal(`understory/${role}`);
			expect(one('ProtectSystem'), name).to.equal('strict');
			expect(unit.has('Service.ReadWritePaths'), name).to.equal(false);
			expect(one('LimitCORE'), name).to.equal('0');
			expect(one('CapabilityBoundingSet'), name).to.equal('');
			for (const credential of unit.get('Service.LoadCredential') ?? [])
				expect(credential, name).to.contain(`/etc/understory/secrets/${role}/`);
		}
	});

	it('Litestream is the user of the homes, begins before them, and may write nowhere but beside them and on the second disk', () => {
		const unit = readUnit(join(FOLDER, COPIER));
		const one = (key: string) => unit.get(key)?.join(' ');
		expect(one('Service.User')).to.equal('understory-provisioner');
		expect(one('Unit.Before')).to.equal('understory-provisioner.service');
		expect(one('Service.ProtectSystem')).to.equal('strict');
		expect(one('Service.ReadWritePaths')).to.equal('-/srv/understory-copies');
		const socket = /path: (\S+)/.exec(readFileSync(join(FOLDER, '../litestream.yml'), 'utf8'))![1];
		expect(socket).to.equal(`/run/${one('Service.RuntimeDirectory')}/control.sock`);
	});

	it('nothing starts on a machine that is being left, also not after it was switched off', () => {
		for (const name of [...UNITS, COPIER])
			expect(readUnit(join(FOLDER, name)).get('Unit.ConditionPathExists'), name).to.include(LEFT);
	});

	it('homes outlive a provisioner that falls over; one that does not end when it is stopped is ended, and they are not', () => {
		const unit = readUnit(join(FOLDER, 'understory-provisioner.service'));
		expect(unit.get('Service.KillMode')).to.deep.equal(['process']);
		expect(unit.has('Service.SendSIGKILL')).to.equal(false);
	});

	it('while nobody has decided which version it is, nothing starts with the machine; the roles do while an upgrade goes on', () => {
		const conditions = (file: string) =>
			readUnit(join(FOLDER, file))
				.get('Unit.ConditionPathExists')
				?.filter((condition) => condition !== LEFT)
				.toSorted();
		const undecided = '!/var/lib/understory-upgrade/undecided';
		for (const name of ['caddy.service.d/understory.conf', 'understory-edge.path', COPIER])
			expect(conditions(name), name).to.deep.equal([undecided]);
		for (const name of UNITS)
			expect(conditions(name), name).to.deep.equal([`|${undecided}`, '|/run/understory-upgrade/trying']);
		// What it starts must not wait for it, nor it for them.
		const carriesOn = readUnit(join(FOLDER, 'understory-upgrade.service'));
		expect(carriesOn.has('Unit.Before')).to.equal(false);
		expect(carriesOn.get('Unit.After')).to.deep.equal(['network-online.target postgresql.service']);
		expect(carriesOn.get('Install.WantedBy')).to.deep.equal(['multi-user.target']);
	});

	it('a role runs what root kept without its types, and what was changed since as it is now', () => {
		const folder = mkdtempSync(join(tmpdir(), 'understory-kept-'));
		const words = readUnit(join(FOLDER, UNITS[0]!)).get('Service.ExecStart')![0]!.split(' ').slice(1, -1);
		const run = (...more: string[]) =>
			spawnSync(process.execPath, [...more, ...words], { cwd: folder, env: {}, encoding: 'utf8' }).stdout;
		try {
			const source = join(folder, 'packages/roles/src');
			mkdirSync(source, { recursive: true });
			const hook = 'kept-without-types.mjs';
			cpSync(join(FOLDER, '../../../packages/roles/src', hook), join(source, hook));
			const program = (said: number) => `const said: number = ${said};\nconsole.log(said);\n`;
			writeFileSync(join(source, 'main.ts'), program(1));
			expect(run('--no-strip-types')).to.equal('');
			expect(run()).to.equal('1\n');
			expect(keepWithoutTypes(folder)).to.equal(null);
			expect(run('--no-strip-types')).to.equal('1\n');
			const kept = join(folder, 'node_modules/.cache/understory-without-types');
			const [digest] = readdirSync(kept);
			truncateSync(join(kept, digest!), 10);
			expect(run('--no-strip-types')).to.equal('');
			expect(run()).to.equal('1\n');
			writeFileSync(join(source, 'main.ts'), program(2));
			expect(run()).to.equal('2\n');
			// A folder that cannot be written to is no fault of a version.
			rmSync(join(folder, 'node_modules'), { recursive: true });
			writeFileSync(join(folder, 'node_modules'), '');
			expect(keepWithoutTypes(folder)).to.match(/^The roles of \S+ will take some 30 MB more each/);
			expect(run()).to.equal('2\n');
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	it('systemd reads them without a word, and finds them little exposed', function () {
		if (spawnSync('systemd-analyze', ['--version']).status !== 0) {
			console.warn('      systemd is not on this machine: what it says of the units was not asked.');
			return this.skip();
		}
		const folder = mkdtempSync(join(tmpdir(), 'understory-units-'));
		try {
			cpSync(FOLDER, folder, { recursive: true });
			for (const name of [...UNITS, COPIER, 'understory-upgrade.service']) {
				// The program is not where it will be; whether it is there is not what is asked.
				const text = readFileSync(join(folder, name), 'utf8').replace(
					/^ExecStart=\S+/m,
					'ExecStart=/bin/true',
				);
				writeFileSync(join(folder, name), text);
			}
			const files = [...UNITS, COPIER].map((name) => join(folder, name));
			const others = readdirSync(folder).filter((name) => /^understory-(?:edge|upgrade)\./.test(name));
			const verified = spawnSync(
				'systemd-analyze',
				[
					'verify',
					'--man=no',
					'--recursive-errors=no',
					...files,
					...others.map((name) => join(folder, name)),
				],
				{
					encoding: 'utf8',
				},
			);
			expect(verified.stderr.split('\n').filter((line) => line.includes('understory-'))).to.deep.equal([]);
			for (const file of files) {
				const found = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', file], {
					encoding: 'utf8',
				});
				const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(found)?.[1]);
				expect(exposure, found).to.be.at.most(MOST_EXPOSED);
			}
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
