import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { shownHome } from '../../src/console/homes/shown-home.ts';
import { keepKeys } from '../../src/store/home-keys.ts';
import { homesWithNumbers } from '../../src/store/home-numbers.ts';
import { isOnTheWay } from '../../src/store/on-the-way.ts';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { plansOf } from '../fixtures/plans.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

describe('homes, cells and backups at the console', () => {
	let platform: Platform;
	let admin: ConsoleVisitor;
	before(async () => {
		platform = await startPlatform({ branchesInHome: 2 });
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of ['belmont', 'kenton', 'albina'])
			await platform.api('POST', '/api/v1/libraries/multnomah/branches', {
				body: { ...BRANCH, slug, name: `${slug} branch` },
			});
		await platform.settle();
		admin = await atConsole(platform, ADMIN_TOKEN);
	});
	after(() => platform.close());

	it('say of each home how many branches it has, and for how many of them people come in', async () => {
		expect((await admin.get('/')).body).to.contain('href="/homes"');
		const { status, body } = await admin.get('/homes');
		expect(status).to.equal(200);
		expect(body).to.contain('href="/homes/home-1"').and.to.contain('2 of 2 branches serve people.');
		expect(body).to.contain('1 of 1 branch serves people.').and.to.contain('All as wanted');
		const found = await admin.get('/homes?name=home-2');
		expect(found.body).to.contain('href="/homes/home-2"').and.not.contain('href="/homes/home-1"');
		expect((await admin.get('/homes?name=%25')).body).to.contain('There is no home of that name.');
	});

	it('read what is amiss by an index, and nothing of what is well', async () => {
		const { database } = platform.provisioner().context;
		const [plan] = await plansOf(database, () => homesWithNumbers(database, { limit: 101 }));
		expect(plan).to.contain('condition_amiss');
		expect(plan).to.not.match(/Seq Scan on (?:branch|condition)/);
		const [onTheWay] = await plansOf(database, () => isOnTheWay(database));
		expect(onTheWay).to.contain('condition_underway');
	});

	it('say of one home what is seen of it, what to do, and which branches live there', async () => {
		const { body } = await admin.get('/homes/home-1');
		expect(body).to.contain('It runs').and.to.contain('Nothing to do.');
		expect(body.match(/href="\/libraries\/multnomah\/branches\//g)).to.have.length(2);
		expect(body).to.contain('A process last enrolled as it').and.to.not.contain('Not known');
		expect((await admin.get('/homes/no-such-home')).status).to.equal(404);
	});

	it('say of one home whether its keys are kept, since when and for which recovery key', async () => {
		const { database } = platform.provisioner().context;
		const lost = await admin.get('/homes/home-1');
		expect(lost.body).to.contain('Its keys lie on its volume and nowhere else');
		expect(lost.body).to.contain('understory recovery-key make');
		await keepKeys(database, {
			...{
				home: 'home-1',
				recoveryKey: '0123456789abcdef',
				contents: 'c',
				roleKey: 'r',
				sealed: 'sealed-things.x',
			},
			now: Date.UTC(2026, 10, 28, 9, 30),
		});
		const { body } = await admin.get('/homes/home-1');
		expect(body).to.contain('Its keys are kept').and.contain('<code>0123456789abcdef</code>');
		expect(body).to.contain('November 28').and.not.contain('sealed-things');
		expect((await admin.get('/homes/home-2')).body).to.contain('Its keys lie on its volume');
	});

	it('count a branch that is away as away, and one that is suspended as closed as it is wanted', async () => {
		const { context, services } = platform.provisioner();
		const path = '/api/v1/libraries/multnomah/branches/belmont/operations';
		const until = platform.clock.now() + 3_600_000;
		await platform.api('POST', path, {
			body: { kind: 'suspend', why: { en: 'Paint.', es: 'Pintura.' }, until },
		});
		await platform.settle();
		const suspended = await admin.get('/homes');
		expect(suspended.body).to.contain('1 of 2 branches serve people.').and.contain('All as wanted');
		expect((await admin.get(`/homes/${await homeOf('belmont')}`)).body).to.contain(
			'1 is closed as it is wanted.',
		);
		platform.home.mood(() => 'damaged');
		await platform.api('POST', path, { body: { kind: 'resume' } });
		await services.look((await context.database('branch').select('id')).map(({ id }: { id: string }) => id));
		await platform.settle();
		const away = await admin.get('/homes');
		expect(away.body).to.contain('Branches are away').and.to.contain('1 does not, and should.');
		platform.home.mood(() => 'serve');
	});

	async function homeOf(slug: string): Promise<string> {
		return (await platform.provisioner().context.database('branch').where({ slug }).first()).place;
	}

	it('judge a home by its worst branch, and an unknown one above a good one', () => {
		const home = { name: 'home-1', kind: 'shared', cell: 'default', library: null, enrolled: null } as const;
		const state = (available: number, away: number, unknown: number, branches = 3) =>
			shownHome({ ...home, available, away, unknown, branches }).state;
		expect(state(3, 0, 0)).to.equal('homes.state.all_served');
		expect(state(2, 0, 1)).to.equal('homes.state.not_known');
		expect(state(1, 1, 1)).to.equal('homes.state.some_away');
		expect(state(0, 0, 0)).to.equal('homes.state.all_served');
		expect(state(0, 0, 0, 0)).to.equal('homes.state.empty');
	});

	it('say of a cell what it may hold and holds, with its homes', async () => {
		expect((await admin.get('/cells')).body).to.contain('href="/cells/default"');
		const { body } = await admin.get('/cells/default');
		expect(body).to.contain('2, no limit').and.to.contain('Has room').and.to.contain('href="/homes/home-2"');
		await platform.api('PATCH', '/api/v1/cells/default', { body: { most_homes: 2 } });
		expect((await admin.get('/cells/default')).body)
			.to.contain('2 of 2')
			.and.to.contain('Raise its measure');
		expect((await admin.get('/cells/elsewhere')).status).to.equal(404);
	});

	it('say how old the newest copy of each branch is, begin one, and lead to where it is watched', async () => {
		expect((await admin.get('/libraries/multnomah')).body).to.contain('href="/libraries/multnomah/backups"');
		const none = await admin.get('/libraries/multnomah/backups');
		expect(none.status).to.equal(200);
		expect(none.body).to.contain('There is no schedule').and.to.contain('No copies are made by themselves.');
		const begun = await admin.post('/libraries/multnomah/backups/kenton', {});
		expect(begun.status).to.equal(303);
		const { context, services } = platform.provisioner();
		const { id } = await context.database('branch').where({ slug: 'kenton' }).first();
		await platform.settle();
		// The home is asked again how far it is.
		await services.look([id]);
		await platform.settle();
		const { body } = await admin.get(begun.location!);
		expect(body).to.contain('Make a backup').and.to.contain('kenton branch').and.to.contain('done');
		const schedule = {
			every_hours: 24,
			keep: { daily: 7, weekly: 4, monthly: 12 },
			hours: { from: 1, to: 5 },
		};
		await platform.api('PATCH', '/api/v1/libraries/multnomah', { body: { backup_schedule: schedule } });
		const fresh = await admin.get('/libraries/multnomah/backups');
		expect(fresh.body).to.contain('Its newest copy is new enough.').and.to.contain('1 whole copy is there.');
		expect(fresh.body).to.contain('Each branch is copied every 24 hours.').and.to.contain('Only from 1 to 5');
		expect(fresh.body).to.contain('The first copy is not due yet.');
		platform.clock.advance(4 * 86_400_000);
		admin = await atConsole(platform, ADMIN_TOKEN);
		const old = await admin.get('/libraries/multnomah/backups');
		expect(old.body)
			.to.contain('Its newest copy is older than the schedule wants.')
			.and.to.contain('Make a copy now');
		expect((await admin.post('/libraries/multnomah/backups/no-such', {})).status).to.equal(404);
	});

	it('stand on the page of the documentation with all others, and each address that stands there is one', async () => {
		const text = readFileSync(new URL('../../../../docs/library-it/console.md', import.meta.url), 'utf8');
		const named = [...text.matchAll(/^\| `(\/[^`]*)` \|/gm)].map(([, path]) => path!);
		expect(named).to.include.members(['/', '/homes/{home}', '/upgrades', '/libraries/{library}/audit']);
		const [operation] = await platform.provisioner().context.database('operation').limit(1);
		const real: Record<string, string> = {
			...{ library: 'multnomah', branch: 'kenton', home: 'home-1', cell: 'default', operation: operation.id },
		};
		for (const path of named.filter((one) => !one.includes('{upgrade}'))) {
			const asked = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => real[name]!);
			expect((await admin.get(asked)).status, path).to.equal(200);
		}
	});

	it('are for whoever runs the platform; a library’s IT has its backups, and whoever may only look begins none', async () => {
		const { id } = await platform.provisioner().context.database('library').first();
		const token = async (role: string) =>
			(
				await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
					body: { name: role, role, library: id, expires: platform.clock.now() + 1e9 },
				})
			).body.token;
		const itStaff = await atConsole(platform, await token('library_it'));
		for (const path of ['/homes', '/homes/home-1', '/cells/default'])
			expect((await itStaff.get(path)).status, path).to.equal(403);
		expect((await itStaff.get('/libraries/multnomah/backups')).status).to.equal(200);
		const reader = await atConsole(platform, await token('reader'), 'es');
		const shown = await reader.get('/libraries/multnomah/backups');
		expect(shown.body)
			.to.contain('Copias de seguridad')
			.and.not.contain('action="/libraries/multnomah/backups/');
		expect((await reader.post('/libraries/multnomah/backups/belmont', {})).status).to.equal(403);
	});
});
