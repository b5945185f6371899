import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { type Seen, startUpgradeBed, type UpgradeBed } from './upgrade-bed.ts';

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

	it('nobody comes in and nothing goes out from before the copies are made until the version is accepted', () => {
		const asked = bed.asked().filter((line) => !line.startsWith('is-active'));
		const place = (begin: string) => {
			const found = asked.findIndex((line) => line.startsWith(begin));
			expect(found, `${begin} in\n${asked.join('\n')}`).to.be.at.least(0);
			return found;
		};
		expect(asked[0]).to.equal('stop caddy understory-edge.path');
		expect(
			place('set-property understory-accountability IPAddressDeny=any IPAddressAllow=localhost'),
		).to.be.below(place('start understory-provisioner'));
		expect(place('start understory-provisioner')).to.be.below(
			place('set-property understory-accountability IPAddressDeny= IPAddressAllow='),
		);
		expect(asked.at(-1)).to.equal('start caddy understory-edge.path');
	});

	for (const flaw of ['sso-bridge is never ready', 'branches do not open'])
		it(`when ${flaw}, the old version serves again with its own databases and folders`, async () => {
			const ended = await bed.upgrade(next(flaw));
			expect(ended.code, ended.text).to.equal(1);
			expect(ended.text).to.contain('Taken back');
			expect(await bed.see()).to.deep.equal(whole(now));
		});

	it('when a database cannot be copied, because somebody is in it, the old version goes on', async () => {
		const leave = await bed.occupy();
		const ended = await bed.upgrade(next());
		await leave();
		expect(ended.code, ended.text).to.equal(1);
		expect(ended.text).to.contain('being accessed by other users');
		expect(await bed.see()).to.deep.equal(whole(now));
	});

	for (const step of ['Closing.', 'Copying.', 'Starting', 'Waiting'])
		it(`killed at "${step}", it is taken back by the next run`, async () => {
			const to = next();
			expect((await bed.upgrade(to, { killAt: step })).code).to.equal(null);
			const ended = await bed.upgrade(to);
			expect(ended.code, ended.text).to.equal(1);
			expect(await bed.see()).to.deep.equal(whole(now));
		});

	for (const step of ['Putting back', 'Opening.'])
		it(`killed at "${step}" while it goes back, it goes back with the next run`, async () => {
			const to = next('sso-bridge is never ready');
			expect((await bed.upgrade(to, { killAt: step })).code).to.equal(null);
			const ended = await bed.upgrade(to);
			expect(ended.code, ended.text).to.equal(1);
			expect(await bed.see()).to.deep.equal(whole(now));
		});

	it('killed once the version was accepted, it is finished by the next run', async () => {
		const to = next();
		expect((await bed.upgrade(to, { killAt: `${to} is accepted` })).code).to.equal(null);
		const ended = await bed.upgrade(to);
		expect(ended.code, ended.text).to.equal(0);
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
		const noRoom = await bed.upgrade(folder, { words: ['--patience-seconds', 'long'] });
		expect([noRoom.code, noRoom.text]).to.deep.equal([
			2,
			'--patience-seconds is "long". Write a number from 1 to 9999.\n',
		]);
		expect(bed.asked()).to.deep.equal(['']);
		expect(await bed.see()).to.deep.equal(whole(now));
	});
});
