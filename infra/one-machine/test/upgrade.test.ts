import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { readUnit } from './units.ts';
import { type Seen, startUpgradeBed, type UpgradeBed } from './upgrade-bed.ts';

const PAGE = new URL('../../../docs/library-it/one-machine.md', import.meta.url);
const UNIT = new URL('../systemd/understory-upgrade.service', import.meta.url);

describe('the upgrade of one machine', function () {
	this.timeout(60_000);
	let bed: UpgradeBed;
	/** The version that serves; each upgrade is to one that was never there. */
	let now = 1;
	let made = 1;
	const next = (flaw?: string) => bed.version(++made, flaw);

	/** All of a version and nothing of another: programs, folders, databases, the schema of branches. */
	const whole = (version: number): Seen => ({
		link: `version-${version}`,
		roles: Array<string>(4).fill(`ready ${version}`),
		folders: Array<string>(3).fill(String(version)),
		databases: Array<number>(3).fill(version),
		branch: version,
		door: true,
		left: [],
	});

	before(async function () {
		if (spawnSync('psql', ['--version']).status !== 0) {
			if (process.env.CI) throw new Error('psql is not on this machine; in CI it has to be.');
			console.warn('      psql is not on this machine: upgrades were not tried.');
			return this.skip();
		}
		bed = await startUpgradeBed();
	});
	after(() => bed?.close());

	it('a new version serves with everything that was there, and nothing is left of the upgrade', async () => {
		bed.asked();
		const ended = await bed.upgrade(next());
		expect(ended.code, ended.text).to.equal(0);
		now = made;
		expect(await bed.see()).to.deep.equal(whole(now));
	});

	it('the page says the command, and the one by which systemd carries an upgrade on', () => {
		const page = readFileSync(PAGE, 'utf8');
		const said = [...page.matchAll(/^\S+\/node (\S+\/upgrade\.ts .+)$/gm)].map(([, words]) => words!);
		expect(said[0]).to.equal('infra/one-machine/upgrade.ts --to /opt/understory-2');
		const [carriesOn] = readUnit(UNIT).get('Service.ExecStart')!;
		expect(carriesOn!.split(' ').slice(-2).join(' ')).to.equal(said[1]);
	});

	it('nobody comes in and nothing goes out from before the copies are made until the version is accepted', () => {
		const asked = bed.asked().filter((line) => !line.startsWith('is-'));
		const place = (begin: string) => {
			const found = asked.findIndex((line) => line.startsWith(begin));
			expect(found, `${begin} in\n${asked.join('\n')}`).to.be.at.least(0);
			return found;
		};
		expect(asked[0]).to.equal('stop caddy understory-edge.path');
		expect(
			place('set-property understory-accountability IPAddressDeny=any IPAddressAllow=127.0.0.0/8 ::1/128'),
		).to.be.below(place('start understory-provisioner'));
		expect(place('start understory-provisioner')).to.be.below(
			place('set-property understory-accountability IPAddressDeny= IPAddressAllow='),
		);
		expect(asked.at(-1)).to.equal('start caddy understory-edge.path');
	});

	it('when branches do not open with it, the old version serves again with its own databases and folders', async () => {
		const ended = await bed.upgrade(next('branches do not open'), { patience: 3 });
		expect(ended.code, ended.text).to.equal(1);
		expect(ended.text).to.contain('It does not come up').and.to.contain('Taken back');
		expect(await bed.see()).to.deep.equal(whole(now));
	});

	it('when power is cut while it goes back, nothing starts with the machine but what brings it to its end', async () => {
		const to = next('sso-bridge is never ready');
		expect((await bed.upgrade(to, { patience: 1, killAt: 'Putting back' })).code).to.equal(null);
		bed.reboot();
		expect(await bed.serving()).to.deep.equal({ roles: Array(4).fill('nobody'), door: false });
		const ended = await bed.carryOn();
		expect(ended?.code, ended?.text).to.equal(1);
		expect(ended?.text).to.contain('Taken back');
		expect(await bed.see()).to.deep.equal(whole(now));
		expect(await bed.carryOn()).to.equal(null);
	});

	it('when a database cannot be copied, because somebody is in it, the old version goes on', async () => {
		const leave = await bed.occupy();
		const ended = await bed.upgrade(next());
		await leave();
		expect(ended.code, ended.text).to.equal(1);
		expect(ended.text).to.contain('being accessed by other users');
		expect(await bed.see()).to.deep.equal(whole(now));
	});

	it('killed before it had copied, it is taken back by the next run', async () => {
		const to = next();
		expect((await bed.upgrade(to, { killAt: 'Copying.' })).code).to.equal(null);
		const ended = await bed.upgrade(to);
		expect(ended.code, ended.text).to.equal(1);
		expect(await bed.see()).to.deep.equal(whole(now));
	});

	it('killed once the version was accepted, it is finished when the machine starts', async () => {
		const to = next();
		expect((await bed.upgrade(to, { killAt: `${to} is accepted` })).code).to.equal(null);
		bed.reboot();
		const ended = await bed.carryOn();
		expect(ended?.code, ended?.text).to.equal(0);
		now = made;
		expect(await bed.see()).to.deep.equal(whole(now));
	});

	it('what cannot be upgraded to is refused with a sentence, and nothing is asked of systemd', async () => {
		bed.asked();
		const same = await bed.upgrade(bed.installed);
		expect(same).to.deep.equal({
			code: 2,
			text: `Looking whether it can begin.\n${bed.installed} is the version that runs.\n`,
		});
		const none = await bed.upgrade('/nowhere');
		expect([none.code, none.text]).to.deep.equal([2, none.text]);
		expect(none.text).to.contain('/nowhere is no version that can be started');
		const folder = next();
		const noLink = await bed.upgrade(folder, { words: ['--installed', folder] });
		expect([noLink.code, /is no link/.test(noLink.text)]).to.deep.equal([2, true]);
		const noNumber = await bed.upgrade(folder, { words: ['--patience-seconds', 'long'] });
		expect([noNumber.code, noNumber.text]).to.deep.equal([
			2,
			'--patience-seconds is "long". Write a number from 1 to 9999.\n',
		]);
		expect(bed.asked()).to.deep.equal(['']);
		expect(await bed.see()).to.deep.equal(whole(now));
	});
});
